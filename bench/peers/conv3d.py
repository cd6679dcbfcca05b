"""conv3d forward and both gradients in PyTorch: the peer of `apexscope bench conv3d`.

Answers one JSON line for each line read: {"shape": [n, t, h, w, c, o], "repeats": r}, with "kernel" and "strides" where
they are not 3 and 1, gives the wall and processor milliseconds of each repeat. The first line sets {"threads": k}.
"""
import json
import sys
import time

import torch

tensors = {}


def operands(shape, kernel, strides):
    key = tuple(shape + kernel + strides)
    if key not in tensors:
        n, t, h, w, c, o = shape
        x = torch.randn(n, c, t, h, w, requires_grad=True)
        conv = torch.nn.Conv3d(c, o, kernel, stride=strides, padding=[taps // 2 for taps in kernel])
        tensors[key] = (x, conv, torch.randn_like(conv(x).detach()))
    return tensors[key]


def forward_and_gradients(x, conv, dy):
    y = conv(x)
    torch.autograd.grad(y, [x, conv.weight, conv.bias], dy)


def answer(request):
    x, conv, dy = operands(request["shape"], request.get("kernel", [3, 3, 3]), request.get("strides", [1, 1, 1]))
    times = []
    for _ in range(request["repeats"]):
        wall, cpu = time.perf_counter(), time.process_time()
        forward_and_gradients(x, conv, dy)
        times.append([(time.perf_counter() - wall) * 1e3, (time.process_time() - cpu) * 1e3])
    return {"times": times}


torch.set_num_threads(json.loads(sys.stdin.readline())["threads"])
print(json.dumps({"name": "PyTorch " + torch.__version__}), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)

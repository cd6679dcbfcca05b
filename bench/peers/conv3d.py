"""conv3d forward and both gradients in PyTorch: the peer of `apexscope bench conv3d`.

The first line sets device, precision and threads (setting.py). Each line that follows is answered by one:
{"shape": [n, t, h, w, c, o], "kernel": [3, 3, 3], "strides": [1, 1, 1], "repeats": r} gives {"times": [[wall ms, cpu ms], ...]}.
In f16 the pictures are half floats already, as they are in the middle of a network.
"""
import json
import sys

import torch

from setting import Setting

operands = {}


def operands_of(shape, kernel, strides):
    key = tuple(shape + kernel + strides)
    if key not in operands:
        operands.clear()
        n, t, h, w, c, o = shape
        x = torch.randn(n, c, t, h, w, device=setting.device).to(memory_format=setting.layout)
        x = (x.half() if setting.half else x).requires_grad_()
        conv = torch.nn.Conv3d(c, o, kernel, stride=strides, padding=[taps // 2 for taps in kernel])
        conv = conv.to(setting.device, memory_format=setting.layout)
        forward = setting.compiled(conv)
        with setting.autocast():
            dy = torch.randn_like(forward(x).detach())
        operands[key] = (forward, [x, conv.weight, conv.bias], dy)
    return operands[key]


def forward_and_gradients(forward, inputs, dy):
    with setting.autocast():
        y = forward(inputs[0])
    torch.autograd.grad(y, inputs, dy)


def answer(request):
    layer = operands_of(request["shape"], request.get("kernel", [3, 3, 3]), request.get("strides", [1, 1, 1]))
    return {"times": setting.timed(request["repeats"], lambda: forward_and_gradients(*layer))}


setting = Setting(**json.loads(sys.stdin.readline()))
print(json.dumps({"name": setting.name}), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)

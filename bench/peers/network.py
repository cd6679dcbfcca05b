"""A network of models/ in PyTorch: the peer of `apexscope bench train-step` and `apexscope bench predict`.

A training step is forward, cross-entropy, backward, the norm of the gradient, AdamW and reading the loss; with f16, a
gradient scaler too. Pictures are ready on the device: augmentation and reading are not part of the step here, while ours
includes them.

The first line sets device, precision and threads (setting.py) and {"model", "batch", "frames", "size", "classes",
"dropout"}. Each line that follows is answered by one, {"times": [[wall ms, cpu ms], ...]}: {"repeats": r} takes training
steps, {"repeats": r, "frames": [t, ...]} puts clips of so many frames through the network, one after another, without
gradients.
"""
import json
import sys

import torch
import torch.nn.functional as F

from networks import NETWORKS
from setting import Setting


def run_step():
    adamw.zero_grad(set_to_none=True)
    with setting.autocast():
        loss = F.cross_entropy(forward(pictures), truth)
    scaler.scale(loss).backward()
    scaler.unscale_(adamw)
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1e9)
    scaler.step(adamw)
    scaler.update()
    loss.item()


def infer(clips):
    with torch.no_grad(), setting.autocast():
        for clip in clips:
            network(clip)


def noise(n, t):
    return torch.randn(n, 3, t, size, size, device=setting.device).to(memory_format=setting.layout)


def answer(request):
    if "frames" not in request:
        network.train()
        return {"times": setting.timed(request["repeats"], run_step)}
    network.eval()
    clips = [noise(1, t) for t in request["frames"]]
    return {"times": setting.timed(request["repeats"], lambda: infer(clips))}


settings = json.loads(sys.stdin.readline())
setting = Setting(**settings)
torch.manual_seed(1)
batch, size, classes = settings["batch"], settings["size"], settings["classes"]
network = NETWORKS[settings["model"]](classes, settings["dropout"], settings["frames"], size)
network = network.to(setting.device, memory_format=setting.layout)
forward = setting.compiled(network)
adamw = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=1e-2)
scaler = torch.cuda.amp.GradScaler(enabled=setting.half)
pictures = noise(batch, settings["frames"])
truth = (torch.arange(batch) % classes).to(setting.device)
print(json.dumps({"name": setting.name}), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)

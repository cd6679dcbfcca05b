"""small3d in PyTorch: the peer of `apexscope bench train-step` and `apexscope bench predict`.

The network of models/small3d.ts: four 3x3x3 convolutions (16, 32, 64, 64), the first three max-pooled by (1, 2, 2), each
normalised frame by frame over its places, scaled, shifted and rectified; mean over a grid of 3 x 3 places, dropout, a
dense layer to k logits for each frame, maximum over the frames; cross-entropy, AdamW. Pictures are ready on the device:
augmentation and reading are not part of the step here, while ours includes them.

Answers one JSON line for each line read with the wall and processor milliseconds of each repeat: {"repeats": r} takes
training steps, {"repeats": r, "frames": [t, ...]} puts clips of so many frames through the network, one after another,
without gradients. The first line sets {"threads", "batch", "frames", "size", "classes", "dropout"}.
"""
import json
import sys
import time

import torch
import torch.nn.functional as F

FILTERS = [16, 32, 64, 64]


class Small3d(torch.nn.Module):
    def __init__(self, classes, dropout):
        super().__init__()
        widths = [3] + FILTERS
        self.convs = torch.nn.ModuleList(
            torch.nn.Conv3d(c, o, 3, padding=1, bias=False) for c, o in zip(widths, widths[1:])
        )
        self.scales = torch.nn.ParameterList(torch.nn.Parameter(torch.ones(1, o, 1, 1, 1)) for o in FILTERS)
        self.offsets = torch.nn.ParameterList(torch.nn.Parameter(torch.zeros(1, o, 1, 1, 1)) for o in FILTERS)
        self.dropout = torch.nn.Dropout(dropout)
        self.logits = torch.nn.Linear(9 * FILTERS[-1], classes)

    def forward(self, x):
        for i, conv in enumerate(self.convs):
            x = conv(x)
            if i < 3:
                x = F.max_pool3d(x, (1, 2, 2))
            variance, mean = torch.var_mean(x, dim=(3, 4), unbiased=False, keepdim=True)
            x = F.relu((x - mean) * torch.rsqrt(variance + 1e-3) * self.scales[i] + self.offsets[i])
        x = F.avg_pool3d(x, (1, 2, 2))
        n, c, t, h, w = x.shape
        frames = x.permute(0, 2, 3, 4, 1).reshape(n, t, h * w * c)
        return self.logits(self.dropout(frames)).amax(dim=1)


def run_step(model, optimiser, clips, labels):
    optimiser.zero_grad(set_to_none=True)
    loss = F.cross_entropy(model(clips), labels)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1e9)
    optimiser.step()
    return loss.item()


def infer(model, clips):
    with torch.no_grad():
        for clip in clips:
            model(clip)


def timed(repeats, work, *operands):
    times = []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        work(*operands)
        times.append([(time.perf_counter() - wall) * 1e3, (time.process_time() - cpu) * 1e3])
    return {"times": times}


def answer(request):
    if "frames" not in request:
        return timed(request["repeats"], run_step, network.train(), adamw, pictures, truth)
    clips = [torch.randn(1, 3, t, size, size) for t in request["frames"]]
    return timed(request["repeats"], infer, network.eval(), clips)


settings = json.loads(sys.stdin.readline())
torch.set_num_threads(settings["threads"])
torch.manual_seed(1)
batch, frames, size = settings["batch"], settings["frames"], settings["size"]
network = Small3d(settings["classes"], settings["dropout"])
adamw = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=1e-2)
pictures = torch.randn(batch, 3, frames, size, size)
truth = torch.arange(batch) % settings["classes"]
print(json.dumps({"name": "PyTorch " + torch.__version__}), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)

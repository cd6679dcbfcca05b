"""Where and in which number format a peer computes, and how it is timed.

The first line that a peer reads has {"device": "cpu" | "cuda", "precision": P, "threads": k}. P is one of
  ieee      float32 without shortcuts
  tf32      float32 whose products the GPU rounds to 10 bits of fraction, as PyTorch's convolutions do unless asked
  f16       automatic mixed precision, channels last
  f16-compiled  the same through torch.compile
A CPU knows ieee only.
"""
import contextlib
import time

import torch

PRECISIONS = ("ieee", "tf32", "f16", "f16-compiled")


class Setting:
    def __init__(self, device="cpu", precision="ieee", threads=0, **_):
        if precision not in PRECISIONS:
            raise ValueError(f"precision {precision}: expected one of {', '.join(PRECISIONS)}")
        if device == "cuda" and not torch.cuda.is_available():
            raise RuntimeError("this PyTorch finds no GPU")
        if device == "cpu" and precision != "ieee":
            raise ValueError(f"precision {precision} is for a GPU")
        if threads:
            torch.set_num_threads(threads)
        self.device = torch.device(device)
        self.precision = precision
        self.half = precision.startswith("f16")
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = precision == "tf32"
        torch.backends.cudnn.benchmark = device == "cuda"

    @property
    def name(self):
        number = "" if self.device.type == "cpu" else f" ({self.precision})"
        return f"PyTorch {torch.__version__}{number}"

    @property
    def layout(self):
        return torch.channels_last_3d if self.half else torch.contiguous_format

    def autocast(self):
        return torch.autocast("cuda", torch.float16) if self.half else contextlib.nullcontext()

    def compiled(self, work):
        return torch.compile(work) if self.precision == "f16-compiled" else work

    def timed(self, repeats, work):
        """Wall and processor milliseconds of each repeat; on a GPU, which is given all at once, their mean."""
        if self.device.type == "cpu":
            return [_clocked(work) for _ in range(repeats)]
        torch.cuda.synchronize()
        wall, cpu = _clocked(lambda: self._queue(repeats, work))
        return [[wall / repeats, cpu / repeats]]

    def _queue(self, repeats, work):
        for _ in range(repeats):
            work()
        torch.cuda.synchronize()


def _clocked(work):
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return [(time.perf_counter() - wall) * 1e3, (time.process_time() - cpu) * 1e3]

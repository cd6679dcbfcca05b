"""The networks of models/ in PyTorch, layer by layer of the same sizes. Input [n, c, t, h, w], output one row of logits a clip."""
import torch
import torch.nn.functional as F
from torch import nn


class Small3d(nn.Module):
    """Four 3x3x3 convolutions, the first three max-pooled by (1, 2, 2), each normalised frame by frame over its places,
    scaled, shifted and rectified; means of 2 x 2 places, dropout, logits of each frame, maximum over frames."""

    FILTERS = [16, 32, 64, 64]

    def __init__(self, classes, dropout, frames, size):
        super().__init__()
        widths = [3] + self.FILTERS
        self.convs = nn.ModuleList(nn.Conv3d(c, o, 3, padding=1, bias=False) for c, o in zip(widths, widths[1:]))
        self.scales = nn.ParameterList(nn.Parameter(torch.ones(1, o, 1, 1, 1)) for o in self.FILTERS)
        self.offsets = nn.ParameterList(nn.Parameter(torch.zeros(1, o, 1, 1, 1)) for o in self.FILTERS)
        self.dropout = nn.Dropout(dropout)
        self.logits = nn.Linear((size // 16) ** 2 * self.FILTERS[-1], classes)

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


class C3d(nn.Module):
    """Eight 3x3x3 convolutions with bias and ReLU, five max pools that round up, two layers of 4096."""

    STAGES = [(64, (1, 2, 2)), (128, 2), (256, None), (256, 2), (512, None), (512, 2), (512, None), (512, 2)]

    def __init__(self, classes, dropout, frames, size):
        super().__init__()
        layers, inputs = [], 3
        for filters, pool in self.STAGES:
            layers += [nn.Conv3d(inputs, filters, 3, padding=1), nn.ReLU()]
            layers += [nn.MaxPool3d(pool, pool, ceil_mode=True)] if pool else []
            inputs = filters
        self.body = nn.Sequential(*layers, nn.Flatten())
        with torch.no_grad():
            features = self.body(torch.zeros(1, 3, frames, size, size)).shape[1]
        self.head = nn.Sequential(
            *(nn.Linear(features, 4096), nn.ReLU(), nn.Dropout(dropout)),
            *(nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(dropout)),
            nn.Linear(4096, classes),
        )

    def forward(self, x):
        return self.head(self.body(x))


class Residual(nn.Module):
    """Two 3x3x3 convolutions with batch normalisation; halves all axes where the number of channels changes."""

    def __init__(self, inputs, filters):
        super().__init__()
        stride = 1 if inputs == filters else 2
        self.body = nn.Sequential(
            *(nn.Conv3d(inputs, filters, 3, stride, 1, bias=False), nn.BatchNorm3d(filters), nn.ReLU()),
            *(nn.Conv3d(filters, filters, 3, 1, 1, bias=False), nn.BatchNorm3d(filters)),
        )
        shortcut = [nn.Conv3d(inputs, filters, 1, stride, bias=False), nn.BatchNorm3d(filters)]
        self.shortcut = nn.Sequential(*(shortcut if stride == 2 else []))

    def forward(self, x):
        return F.relu(self.body(x) + self.shortcut(x))


class R3d18(nn.Module):
    """ResNet-18 with 3D convolutions: stem 3x7x7 with stride (1, 2, 2), four layers of two blocks, mean over all places."""

    FILTERS = [64, 128, 256, 512]

    def __init__(self, classes, dropout, frames, size):
        super().__init__()
        first = self.FILTERS[0]
        stem = [nn.Conv3d(3, first, (3, 7, 7), (1, 2, 2), (1, 3, 3), bias=False), nn.BatchNorm3d(first), nn.ReLU()]
        before = [first] + self.FILTERS
        blocks = [Residual(*io) for c, o in zip(before, self.FILTERS) for io in [(c, o), (o, o)]]
        self.body = nn.Sequential(*stem, *blocks)
        self.head = nn.Sequential(nn.Dropout(dropout), nn.Linear(self.FILTERS[-1], classes))

    def forward(self, x):
        return self.head(self.body(x).mean(dim=(2, 3, 4)))


class Vgg16In3d(nn.Module):
    """VGG-16 of 3x3x3 convolutions, pooled by (1, 2, 2); layers of 4096, 4096 and 128 for each frame, maximum over frames."""

    BLOCKS = [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]

    def __init__(self, classes, dropout, frames, size):
        super().__init__()
        layers, inputs = [], 3
        for filters, convs in self.BLOCKS:
            for _ in range(convs):
                layers += [nn.Conv3d(inputs, filters, 3, padding=1), nn.ReLU()]
                inputs = filters
            layers.append(nn.MaxPool3d((1, 2, 2)))
        self.body = nn.Sequential(*layers)
        side = size // 2 ** len(self.BLOCKS)
        self.head = nn.Sequential(
            *(nn.Linear(inputs * side * side, 4096), nn.ReLU(), nn.Dropout(dropout)),
            *(nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(dropout), nn.Dropout(dropout)),
            *(nn.Linear(4096, 128), nn.ReLU(), nn.Linear(128, classes)),
        )

    def forward(self, x):
        frames = self.body(x).permute(0, 2, 3, 4, 1).flatten(2)
        return self.head(frames).amax(dim=1)


NETWORKS = {"small3d": Small3d, "c3d": C3d, "r3d18": R3d18, "vgg16-3d": Vgg16In3d}

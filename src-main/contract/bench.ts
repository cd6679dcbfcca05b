import type { EngineInfo } from './records.ts';

/** Of the engine: `mixed` takes products of half precision where the GPU has them. */
export type Precision = 'float32' | 'mixed';

/**
 * How PyTorch computes. `usual`: as it does unasked, which is `ieee` on a CPU and `tf32` on a GPU. `ieee`: float32 without
 * shortcuts; `tf32`: products rounded to 10 bits of fraction; `f16`: automatic mixed precision, channels last;
 * `f16-compiled`: the same through torch.compile. A CPU knows `ieee` only.
 */
export const PEER_PRECISIONS = ['usual', 'ieee', 'tf32', 'f16', 'f16-compiled'] as const;
export type PeerPrecision = (typeof PEER_PRECISIONS)[number];

/** The GPU with the kernels that TensorFlow.js ships, in float32: no engine of ours, for comparison only. */
export const STOCK_GPU = 'webgpu-stock';

/** Settings of every measurement. `threads` 0: all cores. */
type Setting = {
  engine: 'auto' | EngineInfo['name'];
  threads: number;
  /** Use 256-bit kernels where the engine's probe finds them right and faster. */
  wide: boolean;
  precision: Precision;
  rounds: number;
  /** Run the same work in PyTorch, in turns with ours; null: no. */
  peer: PeerPrecision | null;
  /** Folder to write the result to as JSON; null writes none. */
  save: string | null;
};

type SettingWithStock = Omit<Setting, 'engine'> & { engine: Setting['engine'] | typeof STOCK_GPU };

/** `layers`: names of layers of `model`, or sizes as `16x48x48,3-16` (t x h x w, channels in and out); none: all. */
export type Conv3dBenchOptions = SettingWithStock & {
  what: 'conv3d';
  model: string | null;
  batch: number;
  layers: string[];
};
/** `set`: settings of the run, as `key=value`. `stock`: also take steps with the wasm backend that TensorFlow.js ships, which takes minutes. */
export type TrainStepBenchOptions = SettingWithStock & {
  what: 'train-step';
  model: string;
  batch: number;
  set: string[];
  stock: boolean;
};
/** Without `run`, a network with random weights; without `video`, one minute of the sample generator. */
export type PredictBenchOptions = Setting & {
  what: 'predict';
  model: string;
  run: { project: string; name: string } | null;
  video: string | null;
};
export type BenchOptions = Conv3dBenchOptions | TrainStepBenchOptions | PredictBenchOptions;

/** Of repeated measurements. */
export type Spread = { median: number; p10: number; p90: number };

/**
 * The same work elsewhere. `ratio` is its time over ours, the median of the rounds: above 1 we are faster. `cpuRatio`
 * is that of processor time, which holds on a busy machine too.
 */
export type PeerFigures = { name: string; ms: Spread; ratio: number; ratioP10: number; ratioP90: number };
export type PeerWithCpu = PeerFigures & { cpuRatio: number };

/**
 * `gflops`, and `tflops` as the thousandth of it, count the operations of the plain algorithm, so Winograd kernels can pass the peak. `shareOfFloor` is the
 * least time of the work at the measured peak over the measured time; null where the peak of the engine is not measured.
 */
export type Figures = {
  ms: Spread;
  clipsPerSecond: number;
  gflops: number;
  tflops: number;
  shareOfFloor: number | null;
};
/** `cpuMs`: processor time of all threads. */
type FiguresWithCpu = Figures & { cpuMs: Spread; peer?: PeerWithCpu };

/** Forward pass and both gradients of one convolution. */
export type LayerFigures = FiguresWithCpu & { layer: string };

/** What this machine reaches on as many threads: generated multiply-adds, and copying (bytes read and written). */
export type PeakRates = { gflops: number; gigabytesPerSecond: number };

export type MachineInfo = { cpu: string; cores: number; memoryGiB: number; platform: string; node: string };

/** What all results have. */
export type BenchHead = {
  date: string;
  machine: MachineInfo;
  engine: string;
  device: string;
  precision: Precision;
  threads: number;
  wide: boolean;
  /** A GPU that the CPU imitates: right, and slow. */
  software: boolean;
  /** Null where it is not measured. */
  peak: PeakRates | null;
};

/** The figures beside `rows` are those of all layers one after the other; `layer` is there when it is only one. */
export type Conv3dBench = BenchHead &
  FiguresWithCpu & { what: 'conv3d'; model?: string; layer?: string; batch: number; rows: LayerFigures[] };

export type TrainStepBench = BenchHead &
  FiguresWithCpu & {
    what: 'train-step';
    model: string;
    batch: number;
    stock?: { name: string; ms: Spread; ratio: number };
  };

/**
 * Labelling a video from its file. `ms` and `clipsPerSecond` are of the whole, `gflops`, `shareOfFloor` and `peer` of
 * the network's part.
 */
export type PredictBench = BenchHead &
  Figures & {
    what: 'predict';
    model: string;
    batch: 1;
    peer?: PeerFigures;
    videoSec: number;
    frames: number;
    /** Clip positions, each computed once. */
    positions: number;
    /** Frames that went through the network; above `frames` by the overlap of its passes. */
    networkFrames: number;
    seconds: PredictSeconds;
  };

/**
 * Where the time goes, medians of the rounds. `decode` is waiting for the decoder while faces are found and cut,
 * `readCrops` includes normalising them and the maxima over the frames of a clip.
 */
export type PredictSeconds = {
  examine: number;
  decode: number;
  facesAndCrops: number;
  readCrops: number;
  network: number;
  pooling: number;
};

export type BenchSummary = Conv3dBench | TrainStepBench | PredictBench;

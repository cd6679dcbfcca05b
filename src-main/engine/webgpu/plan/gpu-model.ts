/** What a prediction assumes of a GPU. Peaks are the maker's, dense, in f32 sums. */
export type GpuModel = {
  name: string;
  multiprocessors: number;
  /** Of one multiprocessor. */
  threads: number;
  sharedBytes: number;
  registers: number;
  /** TFLOP/s of f16 products that the instructions behind subgroup matrices reach, and of f32 fused multiply-adds. */
  matrixPeak: number;
  floatPeak: number;
  bandwidthGBs: number;
  source: string;
};

/**
 * H100 SXM: NVIDIA's data sheet (989 TFLOP/s f16, 67 f32, 3.35 TB/s). The matrix instructions that Vulkan has (mma, not
 * wgmma) reach 62.9 % of the peak (Luo et al. 2024, "Benchmarking and Dissecting the Nvidia Hopper GPU Architecture").
 */
export const H100: GpuModel = {
  name: 'NVIDIA H100 SXM',
  multiprocessors: 132,
  threads: 2048,
  sharedBytes: 228 * 1024,
  registers: 65_536,
  matrixPeak: 0.629 * 989,
  floatPeak: 67,
  bandwidthGBs: 3350,
  source: 'NVIDIA H100 data sheet; Luo et al. 2024 for mma instructions',
};

/**
 * RTX 4060 Laptop, 8 GB: 24 multiprocessors of Ada with 256 f32 and 512 matrix operations a clock each (NVIDIA's Ada
 * white paper), at 2.0 GHz of its 1.47 to 2.37; 128 bit GDDR6 at 16 Gbit/s.
 */
export const RTX_4060_LAPTOP: GpuModel = {
  name: 'NVIDIA RTX 4060 Laptop, 8 GB',
  multiprocessors: 24,
  threads: 1536,
  sharedBytes: 100 * 1024,
  registers: 65_536,
  matrixPeak: (24 * 512 * 2.0) / 1000,
  floatPeak: (24 * 256 * 2.0) / 1000,
  bandwidthGBs: 256,
  source: 'NVIDIA Ada white paper; 2.0 GHz assumed',
};

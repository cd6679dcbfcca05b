/**
 * Environment variable of a process that computes: `off` leaves out the 256-bit kernels of the CPU engine. They rest on a
 * flag of V8 that counts for a whole process, so a process is started with them or without.
 */
export const WIDE_KERNELS = 'APEXSCOPE_WIDE_KERNELS';

/**
 * Environment variable of tuning on a GPU: `off` leaves every product to the static choice of its tile, `always` tunes
 * software GPUs too. Otherwise the first step of a training tunes hardware GPUs.
 */
export const TUNING = 'APEXSCOPE_TUNING';

import { z } from 'zod';

/** Pieces of input schemas, with the bounds that every input from the page has. */
export const nothing = z.strictObject({});
export const videoId = z.string().regex(/^[0-9a-f]{16}$/, 'expected 16 hexadecimal digits');
/**
 * A place on disk that the user chose, absolute: the main process refuses any other wherever an input has this schema
 * (service/window/chosen-paths.ts).
 */
export const filePath = z.string().min(1).max(4096);
export const shortText = z.string().max(200);
export const longText = z.string().max(10_000);
export const runName = z.string().min(1).max(100);
export const seconds = z.number().min(0).max(1e7);
export const engineChoice = z.enum(['auto', 'wasm', 'webgpu', 'cuda', 'cpu']).default('auto');
export const page = { offset: z.int().min(0).default(0), limit: z.int().min(1).max(1000).default(200) };

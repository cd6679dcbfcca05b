import { z } from 'zod';
import { AppError } from '../contract/errors.ts';
import type { RunManifest } from '../contract/records.ts';

const ids = z.array(z.string());

/** Later versions may say more; what they add is kept. */
const manifestSchema: z.ZodType<RunManifest> = z.looseObject({
  name: z.string(),
  createdAt: z.string(),
  apexscopeVersion: z.string(),
  nodeVersion: z.string(),
  engine: z.looseObject({
    name: z.enum(['wasm', 'webgpu', 'cuda', 'cpu']),
    device: z.string(),
    why: z.string(),
    threads: z.number(),
    features: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  }),
  seed: z.number(),
  classes: z.array(z.string()),
  dataFingerprint: z.string(),
  subjectDisjoint: z.boolean(),
  notes: z.array(z.string()),
  splits: z.object({ train: ids, val: ids, test: ids }),
  supervision: z.object({ moment: ids, label: ids, none: ids }).exactOptional(),
  rejectedGuesses: z
    .array(
      z.object({
        videoId: z.string(),
        label: z.string(),
        moment: z.object({ startSec: z.number(), endSec: z.number() }),
      }),
    )
    .exactOptional(),
});

/**
 * @param file - name for messages
 * @throws AppError `corrupt`
 */
export function parseManifest(value: unknown, file: string): RunManifest {
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new AppError('corrupt', `${file}: ${issue.path.join('.')}: ${issue.message}.`, { cause: parsed.error });
}

/**
 * A checkpoint as two files, `checkpoint-<name>.safetensors` and `.json`, that never disagree: the JSON names the hash of
 * its tensors. New tensors are first written beside the old ones, then the JSON is replaced, then the tensors take
 * their name; a reader that comes upon a cut between the two finishes the second.
 */
import { createHash } from 'node:crypto';
import { readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../contract/errors.ts';
import type { Checkpoint, CheckpointName } from '../train/checkpoint.ts';
import { writeFileAtomic } from './atomic-write.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';

const envelopeSchema = z.strictObject({ tensorsSha256: z.string(), state: z.unknown() });

export async function writeCheckpointFiles(dir: string, name: CheckpointName, checkpoint: Checkpoint): Promise<void> {
  const files = filesOf(dir, name);
  const bytes = writeSafetensors(checkpoint.tensors);
  await writeFileAtomic(files.nextTensors, bytes);
  const envelope = { tensorsSha256: sha256(bytes), state: checkpoint.state };
  await writeFileAtomic(files.state, `${JSON.stringify(envelope)}\n`);
  await rename(files.nextTensors, files.tensors);
}

/**
 * @returns null when there is no such checkpoint
 * @throws AppError `corrupt` when it cannot be read whole
 */
export async function readCheckpointFiles(dir: string, name: CheckpointName): Promise<Checkpoint | null> {
  const files = filesOf(dir, name);
  const text = await readIfThere(files.state);
  if (text === null) return null;
  const { tensorsSha256, state } = parseEnvelope(text.toString('utf8'), files.state);
  const bytes = await readTensors(files, tensorsSha256);
  return { tensors: readSafetensors(bytes, files.tensors).tensors, state };
}

/** What a checkpoint holds besides tensors; null when there is none. @throws AppError `corrupt` */
export async function readCheckpointState(dir: string, name: CheckpointName): Promise<unknown> {
  const { state } = filesOf(dir, name);
  const text = await readIfThere(state);
  return text === null ? null : parseEnvelope(text.toString('utf8'), state).state;
}

type CheckpointFiles = { state: string; tensors: string; nextTensors: string };

function filesOf(dir: string, name: CheckpointName): CheckpointFiles {
  const base = path.join(dir, `checkpoint-${name}`);
  return { state: `${base}.json`, tensors: `${base}.safetensors`, nextTensors: `${base}.next.safetensors` };
}

async function readTensors({ tensors, nextTensors }: CheckpointFiles, hash: string): Promise<Buffer> {
  const bytes = await readIfThere(tensors);
  if (bytes !== null && sha256(bytes) === hash) return bytes;
  const next = await readIfThere(nextTensors);
  if (next !== null && sha256(next) === hash) {
    await rename(nextTensors, tensors);
    return next;
  }
  const found = bytes === null ? 'the file is missing' : `found ${sha256(bytes)}`;
  throw corrupt(`${tensors}: expected the tensors with sha256 ${hash} that the JSON beside it names, ${found}.`);
}

function parseEnvelope(text: string, file: string): z.infer<typeof envelopeSchema> {
  try {
    return envelopeSchema.parse(JSON.parse(text));
  } catch (error) {
    throw corrupt(`${file} is not a checkpoint.`, error);
  }
}

async function readIfThere(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function corrupt(message: string, cause?: unknown): AppError {
  return new AppError('corrupt', message, { hint: 'Restore the file from a copy, or train the run again.', cause });
}

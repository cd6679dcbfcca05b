import type { ErrorCode } from '../contract/errors.ts';

type Reason = { code: Extract<ErrorCode, 'unsupported-file' | 'decode-failed' | 'not-found'>; reason: string };

/** What ffmpeg and ffprobe say, and what it means to the person who has the file. First match wins. */
const MEANINGS: readonly [RegExp, Reason['code'], string][] = [
  [/moov atom not found/i, 'decode-failed', 'its index is missing, so it was cut off or never finished.'],
  [/not on (the )?whitelist|not whitelisted/i, 'unsupported-file', 'its content is not a video of a known format.'],
  [/permission denied/i, 'not-found', 'permission denied.'],
  [/no such file/i, 'not-found', 'it does not exist.'],
  [/is a directory/i, 'unsupported-file', 'it is a folder, not a file.'],
  [/invalid data found/i, 'unsupported-file', 'it is not a video, or its beginning is damaged.'],
  [/cannot determine format of input/i, 'decode-failed', 'not one of its frames is whole.'],
  [/matches no streams/i, 'unsupported-file', 'it has no video stream.'],
  [/^ffprobe took longer/, 'decode-failed', 'ffprobe took too long over it and was ended.'],
  [/^ffprobe ended without/, 'decode-failed', 'ffprobe crashed on it: it is damaged, or of a kind that is not read.'],
  [/^ffprobe printed more/, 'decode-failed', 'ffprobe printed too much about it and was ended.'],
  [/unknown decoder|decoder .*not found|no decoder/i, 'unsupported-file', 'this ffmpeg cannot decode its format.'],
  [
    /file ended prematurely|: end of file$/im,
    'decode-failed',
    'it ends too early, so it was cut off or never finished.',
  ],
];

/** Turns the complaint of ffmpeg or ffprobe into one clause in plain words; an unknown one is quoted, without its path. */
export function plainReason(complaint: string): Reason {
  const known = MEANINGS.find(([pattern]) => pattern.test(complaint));
  if (known) return { code: known[1], reason: known[2] };
  const lastLine = complaint.trim().split('\n').at(-1)!;
  return { code: 'decode-failed', reason: `ffmpeg says “${lastLine.replace(/^file:.*: /, '') || 'nothing'}”.` };
}

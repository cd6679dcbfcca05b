import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';

let folder: string;
let project: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'apexscope-bad-'));
  project = path.join(folder, 'project');
  await mkdir(path.join(folder, 'empty'));
  await writeFile(path.join(folder, 'broken.json'), '{ "gamma": ');
  await writeFile(path.join(folder, 'wrong.csv'), 'file;emotion\na.mp4;happy\n');
  await writeFile(path.join(folder, 'text.mp4'), 'not a video');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Arguments, what the message must name. */
const CASES: [string, () => string[], RegExp][] = [
  ['an unknown command', () => ['trian'], /trian/],
  ['an unknown option', () => ['doctor', '--colour'], /--colour/],
  ['a missing project option', () => ['train'], /--project/],
  [
    'an import of a folder that is not there',
    () => ['import', path.join(folder, 'gone'), '--project', project],
    /gone/,
  ],
  [
    'an import of an empty folder',
    () => ['import', path.join(folder, 'empty'), '--project', project],
    /no video in .*empty/,
  ],
  [
    'an import of a CSV with other columns',
    () => ['import', path.join(folder, 'wrong.csv'), '--project', project],
    /path/,
  ],
  ['a folder that is no project', () => ['prepare', '--project', path.join(folder, 'empty')], /project/i],
  ['a count that is no number', () => ['sample', path.join(folder, 's'), '--people', 'many'], /many/],
  [
    'a config that is no JSON',
    () => ['train', '--project', project, '--config', path.join(folder, 'broken.json')],
    /broken\.json/,
  ],
  ['a video that is not there', () => ['predict', path.join(folder, 'x.mp4'), '--project', project], /x\.mp4|project/],
];

describe('bad input', () => {
  it.each(CASES)('answers %s with exit code 2 and a message that names it', async (_, args, names) => {
    const { code, stdout, stderr } = await runCli(args());
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(names);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('is one object too where output is JSON', async () => {
    const { code, stdout, stderr } = await runCli(['evaluate', '--project', path.join(folder, 'nowhere'), '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'not-found', message: expect.stringContaining('nowhere') as string },
    });
    expect(stderr).toMatch(/There is no project/);
  });

  it.each([[['export']], [['help', 'nonsense']]])('answers %j with help and exit code 2', async (args) => {
    const { code, stderr } = await runCli(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/Usage: apexscope/);
    expect(stderr).toMatch(/A command is missing/);
  });

  it('shows help with exit code 0', async () => {
    const { code, stdout } = await runCli(['train', '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('--resume');
  });
});

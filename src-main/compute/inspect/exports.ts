import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { TABLE_FORMATS } from '../../contract/window/inspect.ts';
import { writeFileAtomic } from '../../store/atomic-write.ts';
import type { Project } from '../../store/project.ts';
import { openRunFolder } from '../../store/run-folder.ts';
import { videosOfSplit } from './evaluated-split.ts';
import type { SplitOfRun } from './evaluated-split.ts';
import { evidenceInElan, evidenceInWebVtt } from './evidence-timelines.ts';
import { evidenceTables } from './evidence-tables.ts';
import type { Evidence } from './evidence-tables.ts';

type Format = (typeof TABLE_FORMATS)[number];

/** Files by name for each format. */
const FILES: Record<Format, (evidence: Evidence, project: Project, folder: string) => Record<string, string>> = {
  csv: evidenceTables,
  elan: evidenceInElan,
  webvtt: evidenceInWebVtt,
};

/** Writes the tables of an evaluation into `exports/<split>-<format>/` of the run. @returns that folder */
export async function exportTables(
  project: Project,
  { format, ...which }: SplitOfRun & { format: Format },
): Promise<{ path: string; files: number }> {
  const { dir, manifest } = await openRunFolder(project.runsDir, which.run);
  const videos = await videosOfSplit(project, which);
  const folder = path.join(dir, 'exports', `${which.split}-${format}`);
  const files = FILES[format]({ run: which.run, classes: manifest.classes, videos }, project, folder);
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFileAtomic(path.join(folder, name), content);
  return { path: folder, files: Object.keys(files).length };
}

/** Writes a drawing into `exports/figures/` of a run: SVG for text, PNG for bytes. @returns its path */
export async function saveFigure(
  project: Project,
  { run, name, picture }: { run: string; name: string; picture: string | Uint8Array },
): Promise<{ path: string }> {
  const { dir } = await openRunFolder(project.runsDir, run);
  const folder = path.join(dir, 'exports', 'figures');
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `${name}.${typeof picture === 'string' ? 'svg' : 'png'}`);
  await writeFileAtomic(file, picture);
  return { path: file };
}

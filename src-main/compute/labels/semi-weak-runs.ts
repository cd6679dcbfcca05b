import type { ResolvedConfig } from '../../contract/config.ts';
import type { LabelCurve, LabelCurvePoint } from '../../contract/window/guesses.ts';
import type { Project } from '../../store/project.ts';
import { openRunFolder, runExists } from '../../store/run-folder.ts';
import type { RunFolder } from '../../store/run-folder.ts';

/** A run that was told so much of its training videos. */
export type SemiWeakRun = { name: string; config: ResolvedConfig; classes: readonly string[] };

/** Runs with `labels=semi-weak`, newest last. */
export async function semiWeakRuns(project: Project): Promise<SemiWeakRun[]> {
  const folders = await semiWeakFolders(project);
  return folders.map(({ config, manifest }) => ({ name: manifest.name, config, classes: manifest.classes }));
}

/** What runs with few labels reach, by how many moments they were told. */
export async function labelCurve(project: Project): Promise<LabelCurve> {
  const folders = await semiWeakFolders(project);
  const points = (await Promise.all(folders.map(pointOf))).flatMap((point) => point ?? []);
  const known = project.listVideos().filter(({ label, moment }) => label !== null && moment !== null);
  return { points: points.sort((a, b) => a.moments - b.moments || a.labels - b.labels), momentsNow: known.length };
}

/** Without those that cannot be read. */
async function semiWeakFolders(project: Project): Promise<RunFolder[]> {
  const names = project.listRuns().flatMap(({ name }) => (runExists(project.runsDir, name) ? [name] : []));
  const folders = await Promise.all(names.map((name) => openRunFolder(project.runsDir, name).catch(() => null)));
  return folders.filter((folder) => folder !== null).filter(({ manifest }) => manifest.supervision !== undefined);
}

async function pointOf(folder: RunFolder): Promise<LabelCurvePoint | null> {
  const { config, manifest } = folder;
  const { moment, label } = manifest.supervision!;
  const best = (await folder.readEpochs()).findLast((epoch) => epoch.best);
  if (best === undefined) return null;
  const counts = { moments: moment.length, labels: label.length };
  return { run: manifest.name, method: config.semiWeak.method, ...counts, war: best.valWar };
}

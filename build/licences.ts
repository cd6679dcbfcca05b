import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';

type Manifest = {
  name: string;
  version: string;
  license?: string | { type: string };
  homepage?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
};
type Licence = { name: string; version: string; licence: string; text: string };

const MODULE = 'virtual:licences';
/** What ships besides the `dependencies`: the page is bundled from these, and Electron carries it all. */
const BUNDLED = ['svelte', 'bits-ui', '@lucide/svelte', 'uplot', 'electron'];

/**
 * Gives the page `virtual:licences`: every package that ships, with its licence, from its own package.json.
 * @param root - the folder of our package.json (settings are bundled to other places, so this file cannot tell)
 */
export function licences(root: string): Plugin {
  return {
    name: 'licences',
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : null),
    load: (id) => (id === `\0${MODULE}` ? `export const LICENCES = ${JSON.stringify(shippedLicences(root))};` : null),
  };
}

/** By name, without the packages of other systems than this one, which are not installed here. */
export function shippedLicences(root: string): Licence[] {
  const found = new Map<string, Licence>();
  const visit = (name: string, from: string) => {
    const folder = findPackage(name, from, root);
    if (folder === null || found.has(folder)) return;
    const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
    found.set(folder, licenceOf(folder, manifest));
    for (const dependency of dependenciesOf(manifest)) visit(dependency, folder);
  };
  const own = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;
  for (const name of [...dependenciesOf(own), ...BUNDLED]) visit(name, root);
  return [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Electron's own dependencies only fetch its binary: they do not ship. */
function dependenciesOf({ name, dependencies = {}, optionalDependencies = {} }: Manifest): string[] {
  return name === 'electron' ? [] : Object.keys({ ...dependencies, ...optionalDependencies });
}

function licenceOf(folder: string, manifest: Manifest): Licence {
  const { name, version, license } = manifest;
  const licence = typeof license === 'string' ? license : (license?.type ?? 'see its text');
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(entry));
  const text =
    file === undefined ? withoutText(licence, manifest) : readFileSync(path.join(folder, file), 'utf8').trim();
  return { name, version, licence, text: name === 'electron' ? `${text}\n\n${CHROMIUM}` : text };
}

/** The packages of ffmpeg bring its programs and no text. */
function withoutText(licence: string, { homepage = '' }: Manifest): string {
  if (!licence.startsWith('GPL')) return '';
  return [
    'A program of the FFmpeg project under the GNU General Public License, version 3; it is started as it is, not linked.',
    'Text of the licence: https://www.gnu.org/licenses/gpl-3.0.txt',
    `Source: https://ffmpeg.org/download.html; this build and what it contains: ${homepage}`,
  ].join('\n');
}

const CHROMIUM =
  'Licences of Chromium, Node.js and all that they contain: LICENSES.chromium.html beside the program, as Electron ships it.';

/** Where Node would find a package from a folder. */
function findPackage(name: string, from: string, root: string): string | null {
  for (let at = from; ; at = path.dirname(at)) {
    const folder = path.join(at, 'node_modules', name);
    if (existsSync(path.join(folder, 'package.json'))) return folder;
    if (at === root || at === path.dirname(at)) return null;
  }
}

import type { TableFormat } from '../../src-main/contract/window/inspect.ts';
import { INSPECT_COMMANDS } from './command-catalogue.ts';
import { withActions, type Command } from './commands.svelte.ts';
import type { InspectState, InspectView } from './inspect.svelte.ts';

const VIEWS: readonly InspectView[] = ['moments', 'figures', 'sampling'];

/** What can be done in the Inspect tab. @param chooseVideo - asks for a new video */
export function inspectCommands(inspect: InspectState, chooseVideo: () => void): Command[] {
  const { player, lens } = inspect;
  const hasVideo = () => inspect.view === 'moments' && inspect.video !== null;
  const canLabel = () => hasVideo() && inspect.video?.truth != null;
  const step = (frames: number) => ({ when: hasVideo, run: () => player.step(frames) });
  const jump = (sec: number) => ({ when: hasVideo, run: () => player.jump(sec) });
  const bend = (places: number) => ({ when: () => inspect.evaluated !== null, run: () => lens.move(places) });
  const exported = (format: TableFormat) => ({
    when: () => inspect.evaluated !== null,
    run: () => void inspect.exportTables(format),
  });
  const fixed = withActions(INSPECT_COMMANDS, {
    'inspect.play': { when: hasVideo, run: () => player.toggle() },
    'inspect.frame-on': step(1),
    'inspect.frame-back': step(-1),
    'inspect.second-on': jump(1),
    'inspect.second-back': jump(-1),
    'inspect.heaviest': { when: hasVideo, run: () => inspect.toHeaviest() },
    'inspect.loop': { when: hasVideo, run: () => inspect.toggleLoop() },
    'inspect.attention': {
      when: () => hasVideo() && inspect.looked !== null,
      run: () => void inspect.attention.toggle(inspect.looked!),
    },
    'inspect.next': { when: hasVideo, run: () => inspect.move(1) },
    'inspect.previous': { when: hasVideo, run: () => inspect.move(-1) },
    'inspect.sharper': bend(2),
    'inspect.flatter': bend(-2),
    'inspect.reset-lens': { when: () => lens.place !== null, run: () => lens.reset() },
    'inspect.queue': { when: () => inspect.evaluated !== null, run: () => inspect.list({ kind: 'queue' }) },
    'inspect.confirm': { when: canLabel, run: () => void inspect.confirm() },
    'inspect.view': { run: () => (inspect.view = VIEWS[(VIEWS.indexOf(inspect.view) + 1) % VIEWS.length]!) },
    'inspect.export-csv': exported('csv'),
    'inspect.export-elan': exported('elan'),
    'inspect.export-webvtt': exported('webvtt'),
    'inspect.predict': { when: () => inspect.run !== null, run: chooseVideo },
  });
  const labels = inspect.classes.slice(0, 9).map((label, k) => ({
    id: `inspect.label-${k + 1}`,
    title: `Label ${label}`,
    group: 'Inspect',
    keys: [String(k + 1)],
    when: canLabel,
    run: () => void inspect.relabel(label),
  }));
  return [...fixed, ...labels];
}

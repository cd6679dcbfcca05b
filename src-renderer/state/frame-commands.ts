import type { Command } from './commands.svelte.ts';
import { TABS, type Session } from './session.svelte.ts';

/** What can be done in every tab. */
export function frameCommands(session: Session): Command[] {
  return [...openCommands(session), ...tabCommands(session), ...projectCommands(session), ...themeCommands(session)];
}

function openCommands(session: Session): Command[] {
  const group = 'Everywhere';
  const show = (overlay: Session['overlay']) => () => (session.overlay = session.overlay === overlay ? null : overlay);
  return [
    {
      id: 'frame.palette',
      title: 'Find a command',
      group,
      keys: ['Mod+K', 'Mod+Shift+P'],
      inFields: true,
      run: show('palette'),
    },
    { id: 'frame.keys', title: 'Show all keys', group, keys: ['?', 'F1'], run: show('keys') },
    { id: 'frame.jobs', title: 'Show jobs', group, keys: ['Mod+J'], inFields: true, run: show('jobs') },
    {
      id: 'frame.undo',
      title: 'Undo',
      group,
      keys: ['Mod+Z'],
      when: () => session.undo.nextUndo !== null,
      run: () => void session.undo.undo(),
    },
    {
      id: 'frame.redo',
      title: 'Redo',
      group,
      keys: ['Mod+Shift+Z', 'Mod+Y'],
      when: () => session.undo.nextRedo !== null,
      run: () => void session.undo.redo(),
    },
    {
      id: 'frame.stop-job',
      title: 'Stop the running job',
      group,
      keys: [],
      when: () => session.jobs.running !== null,
      run: () => {
        const job = session.jobs.running;
        if (job) void session.attempt(session.jobs.cancel(job.id));
      },
    },
  ];
}

function tabCommands(session: Session): Command[] {
  return TABS.map(({ id, title }, i) => ({
    id: `tab.${id}`,
    title: `Go to ${title}`,
    group: 'Tabs',
    keys: [`Mod+${i + 1}`],
    inFields: true,
    when: () => session.project !== null,
    run: () => (session.tab = id),
  }));
}

function projectCommands(session: Session): Command[] {
  return [
    {
      id: 'project.close',
      title: 'Close the project',
      group: 'Project',
      keys: [],
      when: () => session.project !== null,
      run: () => void session.closeProject(),
    },
    {
      id: 'project.show',
      title: 'Show the project folder',
      group: 'Project',
      keys: [],
      when: () => session.project !== null,
      run: () => void session.attempt(session.bridge.call('app.showInFolder', { path: session.project!.dir })),
    },
  ];
}

function themeCommands({ theme }: Session): Command[] {
  const group = 'Appearance';
  return [
    { id: 'theme.light', title: 'Light', group, keys: [], run: () => theme.choose('light') },
    { id: 'theme.dark', title: 'Dark', group, keys: [], run: () => theme.choose('dark') },
    { id: 'theme.system', title: 'Light or dark as the system', group, keys: [], run: () => theme.choose('system') },
    {
      id: 'theme.switch',
      title: 'Switch between light and dark',
      group,
      keys: ['Mod+Shift+L'],
      run: () => theme.choose(theme.isDark ? 'light' : 'dark'),
    },
  ];
}

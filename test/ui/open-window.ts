import '../../src-renderer/lib/usable-language.ts';
import axe from 'axe-core';
import { render } from 'vitest-browser-svelte';
import App from '../../src-renderer/App.svelte';
import { Session } from '../../src-renderer/state/session.svelte.ts';
import '../../src-renderer/styles/tokens.css';
import '../../src-renderer/styles/base.css';
import '../../src-renderer/styles/menu.css';
import type { FakeProgram } from './fake-bridge.ts';

/** The whole window over a fake program. */
export async function openWindow(program: FakeProgram) {
  const session = new Session(program.bridge);
  session.start();
  document.body.style.height = '100vh';
  const screen = await render(App, { session });
  screen.container.style.height = '100%';
  return { session, screen };
}

/** What axe finds serious or critical in the page, as `rule: element` lines; contrast is computed by it too. */
export async function seriousFindings(): Promise<string[]> {
  // Why: while a colour changes, its contrast is that of no theme.
  const transitions = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
  await Promise.allSettled(transitions.map(({ finished }) => finished));
  const { violations } = await axe.run(document, { resultTypes: ['violations'] });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

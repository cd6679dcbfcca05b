import type { Page } from 'playwright-core';
import { errorOf } from '../../../src-main/contract/rpc.ts';
import type { CallName, Reply } from '../../../src-main/contract/rpc.ts';
import type { PagePort } from '../../../src-main/contract/window/page-port.ts';
import type { WindowApi, WindowInput, WindowOutput } from '../../../src-main/contract/window/window-api.ts';

/** Beyond the numbers that the page's own requests have. */
let lastId = 1_000_000;

/** Asks the program for something, from inside of the page as its own code would. Rejects with `AppError`. */
export async function callFromPage<N extends CallName<WindowApi>>(
  page: Page,
  name: N,
  input: WindowInput<N>,
): Promise<WindowOutput<N>> {
  const reply = await postFromPage(page, { kind: 'call', id: ++lastId, name, input });
  if (reply.kind === 'failure') throw errorOf(reply.error);
  return (reply as { output: unknown }).output as WindowOutput<N>;
}

/** Posts any message from inside of the page; resolves with the first reply to its id. */
export function postFromPage(page: Page, message: { id: number } & Record<string, unknown>): Promise<Reply> {
  return page.evaluate((request) => {
    const { apexscope } = globalThis as unknown as { apexscope: PagePort };
    return new Promise<Reply>((resolve) => {
      apexscope.onMessage((reply) => {
        if ((reply as Reply).id === request.id) resolve(reply as Reply);
      });
      apexscope.post(request);
    });
  }, message);
}

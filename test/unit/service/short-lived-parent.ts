/** Starts a project process, floods it with questions, and waits to be killed once answers come. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('../../../src-main/service/processes/project-process.ts', import.meta.url));
const child = fork(file, [], {
  serialization: 'advanced',
  execArgv: [],
  stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
});
let answered = 0;
child.on('message', () => {
  if (++answered === 20) process.stdout.write('answers come\n');
});
let id = 0;
setInterval(() => {
  for (let i = 0; i < 200; i++) child.send({ kind: 'call', id: ++id, name: 'host.ping', input: {} });
}, 1);

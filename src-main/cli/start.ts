#!/usr/bin/env node
/** Entry of the installed command: an old Node is told so in words, before it loads what it does not know. */
import { nodeProblem } from './required-node.ts';

const problem = nodeProblem(process.versions.node);
if (problem === null) {
  await import('./main.ts');
} else {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}

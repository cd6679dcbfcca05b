/** Run as a process of its own by the test of folder locks: takes the lock of its argument, says so, and keeps it. */
import { withFolderLock } from '../../../src-main/store/folder-lock.ts';

await withFolderLock({ folder: process.argv[2]!, name: 'The folder' }, async () => {
  process.stdout.write('held\n');
  await new Promise<void>((resolve) => process.stdin.once('data', () => resolve()));
});
process.exit();

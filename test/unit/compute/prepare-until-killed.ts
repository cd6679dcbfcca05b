/** Run as a process of its own by the kill test: prepares videos whose files and crops folder are its arguments. */
import path from 'node:path';
import { prepareVideos } from '../../../src-main/compute/prepare.ts';
import { describeVideo, requestFor } from './prepare-fixtures.ts';

const [cropsFolder, ...files] = process.argv.slice(2);
const videos = await Promise.all(files.map((file) => describeVideo(file, path.parse(file).name)));
await prepareVideos(requestFor(videos, cropsFolder!));

/**
 * Runs face-api in a thread of its own: it registers backends on its copy of TensorFlow.js, which must not be the one
 * that trains. Speaks {@link Request} and {@link Reply} with `detector.ts`.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import type * as FaceApi from '@vladmandic/face-api';
import { registerConcatOfChannels, type KernelRegistry } from './concat-channels.ts';
import { cropRegion } from './crop.ts';
import type { DetectedFace, Glimpse, Reply, Request } from './detector-protocol.ts';
import { faceBox, facePose, isInView, isPlausibleFace } from './landmarks.ts';
import type { Picture } from './picture.ts';
import { isInside, scalePose, toPicture, uprightPose, type Pose } from './pose.ts';

/** Scores under which a box is not a face. The quick detector is sure of less. */
const SCAN_SCORE = 0.5;
const FOLLOW_SCORE = 0.35;
const GLANCE_SCORE = 0.5;

/** The quick detector sees a face best when it fills 0.4 of the side of 128 pixels. */
const FOLLOW_REGION = 2.4;
const FOLLOW_SIZE = 128;
const GLANCE_SIZE = 224;

/** Side of the landmark net's input, and its region relative to the tight square of a face. */
const LANDMARK_SIZE = 112;
const LANDMARK_REGION = 1.34;
const LANDMARK_SHIFT = 0.083;
/** The strong detector's box to the tight square. */
const BOX_TO_POSE = 0.9;
/** The net is applied again until its region moves by less than this share of the side. */
const SETTLED = 0.08;
const MAX_PASSES = 3;

const requireModule = createRequire(import.meta.url);
const faceapi = requireModule('@vladmandic/face-api/dist/face-api.node-wasm.js') as typeof FaceApi;
const tf = requireModule('@tensorflow/tfjs') as KernelRegistry & {
  setBackend(name: string): Promise<boolean>;
  tensor3d(values: Int32Array, shape: [number, number, number], dtype: 'int32'): FaceApi.TNetInput & Disposable3D;
};
const wasm = requireModule('@tensorflow/tfjs-backend-wasm') as { setWasmPaths(folder: string): void };

type Disposable3D = { dispose(): void };

const MODELS = join(dirname(requireModule.resolve('@vladmandic/face-api/package.json')), 'model');

async function load(): Promise<void> {
  wasm.setWasmPaths(`${dirname(requireModule.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  await tf.setBackend('wasm');
  registerConcatOfChannels(tf);
  await faceapi.nets.ssdMobilenetv1.loadFromDisk(MODELS);
  await faceapi.nets.tinyFaceDetector.loadFromDisk(MODELS);
  await faceapi.nets.faceLandmark68Net.loadFromDisk(MODELS);
}

async function withTensor<T>(picture: Picture, use: (tensor: FaceApi.TNetInput) => Promise<T>): Promise<T> {
  const { width, height, rgb } = picture;
  const tensor = tf.tensor3d(new Int32Array(rgb), [height, width, 3], 'int32');
  try {
    return await use(tensor);
  } finally {
    tensor.dispose();
  }
}

async function scan(picture: Picture): Promise<DetectedFace[]> {
  const options = new faceapi.SsdMobilenetv1Options({ minConfidence: SCAN_SCORE });
  const detections = await withTensor(picture, async (tensor) => faceapi.detectAllFaces(tensor, options));
  const faces: DetectedFace[] = [];
  for (const { box, score } of detections) {
    const side = Math.max(box.width, box.height) * BOX_TO_POSE;
    const face = await alignFace(picture, uprightPose(box.x + box.width / 2, box.y + box.height / 2, side), score);
    if (face) faces.push(face);
  }
  return faces;
}

async function glance(picture: Picture): Promise<Glimpse[]> {
  return quickBoxes(picture, GLANCE_SIZE, GLANCE_SCORE);
}

async function follow(picture: Picture, near: Pose): Promise<DetectedFace | null> {
  if (!isInside(near, picture)) return null;
  const region = scalePose(near, FOLLOW_REGION);
  const close = { width: FOLLOW_SIZE, height: FOLLOW_SIZE, rgb: cropRegion(picture, region, FOLLOW_SIZE) };
  const glimpses = await quickBoxes(close, FOLLOW_SIZE, FOLLOW_SCORE);
  const best = glimpses.toSorted((one, other) => fromMiddle(one) - fromMiddle(other))[0];
  if (!best) return null;
  const [x, y] = toPicture(region, [best.x / FOLLOW_SIZE - 0.5, best.y / FOLLOW_SIZE - 0.5]);
  return alignFace(picture, { ...near, x: x!, y: y! }, best.score);
}

/** Distance from the middle of the region that is looked at, in sides; a weak score counts as far. */
function fromMiddle({ x, y, score }: Glimpse): number {
  return Math.hypot(x / FOLLOW_SIZE - 0.5, y / FOLLOW_SIZE - 0.5) + 0.3 * (1 - score);
}

async function quickBoxes(picture: Picture, inputSize: number, scoreThreshold: number): Promise<Glimpse[]> {
  const options = new faceapi.TinyFaceDetectorOptions({ inputSize, scoreThreshold });
  const found = await withTensor(picture, async (tensor) => faceapi.detectAllFaces(tensor, options));
  return found.map(({ box, score }) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2, score }));
}

/** Landmarks of the face near a pose, on an upright crop of it, repeated until the crop fits the face. */
async function alignFace(picture: Picture, start: Pose, confidence: number): Promise<DetectedFace | null> {
  let pose = start;
  for (let pass = 1; ; pass++) {
    const landmarks = await findLandmarks(picture, pose);
    if (!isPlausibleFace(landmarks) || !isInView(landmarks, picture)) return null;
    const next = facePose(landmarks);
    const moved = Math.hypot(next.x - pose.x, next.y - pose.y, next.a - pose.a, next.b - pose.b);
    pose = next;
    if (pass === MAX_PASSES || moved < SETTLED * Math.hypot(next.a, next.b))
      return { box: faceBox(landmarks), pose, confidence, landmarks };
  }
}

async function findLandmarks(picture: Picture, pose: Pose): Promise<Float32Array> {
  const [x, y] = toPicture(pose, [0, LANDMARK_SHIFT]);
  const region = { ...scalePose(pose, LANDMARK_REGION), x: x!, y: y! };
  const crop = cropRegion(picture, region, LANDMARK_SIZE);
  const input = { width: LANDMARK_SIZE, height: LANDMARK_SIZE, rgb: crop };
  const found = await withTensor(input, (tensor) => faceapi.nets.faceLandmark68Net.detectLandmarks(tensor));
  const { positions } = Array.isArray(found) ? found[0]! : found;
  return toPicture(
    region,
    positions.flatMap((point) => [point.x / LANDMARK_SIZE - 0.5, point.y / LANDMARK_SIZE - 0.5]),
  );
}

/** Large, and needed only where faces may be of several people. */
let recognition: Promise<void> | null = null;

async function describe(picture: Picture): Promise<Float32Array> {
  await (recognition ??= faceapi.nets.faceRecognitionNet.loadFromDisk(MODELS));
  const found = await withTensor(picture, (t) => faceapi.nets.faceRecognitionNet.computeFaceDescriptor(t));
  return Array.isArray(found) ? found[0]! : found;
}

function answer(request: Request): Promise<unknown> {
  switch (request.question) {
    case 'scan':
      return scan(request.picture);
    case 'glance':
      return glance(request.picture);
    case 'follow':
      return follow(request.picture, request.near);
    case 'describe':
      return describe(request.picture);
    default:
      return request satisfies never;
  }
}

const loaded = load();
parentPort?.on('message', (request: Request) => {
  void loaded
    .then(() => answer(request))
    .then(
      (result): Reply => ({ id: request.id, answer: result }),
      (error: unknown): Reply => ({ id: request.id, error: error instanceof Error ? error.message : String(error) }),
    )
    .then((reply) => parentPort?.postMessage(reply));
});

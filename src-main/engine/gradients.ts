/**
 * Registers the gradients and chained methods of TensorFlow.js and its cpu backend. Import it wherever gradients are
 * taken. Why the whole package: the Node bundle of tfjs-core alone has no gradients, and its registration modules
 * cannot be imported by Node.
 */
import '@tensorflow/tfjs';
import { enableProdMode } from '@tensorflow/tfjs-core';

// Why: silences the advice to install another package, printed at the first use of the cpu backend.
enableProdMode();

import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { TemporalWeights } from '../bilevel-problem.ts';
import { crossEntropy } from '../losses.ts';
import { drawOf, labelsOf } from './drawn-clips.ts';
import { ScoreTable, storedScoresSchema } from './score-table.ts';

/**
 * Exact pooling: all clip positions of a video are scored and back-propagated. Keeps the last scores of the true class
 * for the record; nothing is drawn from them.
 * @param pool - clip logits [n,p,k] to video logits [n,k], differentiable
 */
export function wholeVideoPooling(pool: (clipLogits: Tensor3D) => Tensor2D): TemporalWeights<ScoreTable> {
  return {
    reads: 'whole-videos',
    initial: (videos) => new ScoreTable(videos.map(({ id, positions }) => [id, positions.starts.length])),
    phase: () => 'all clips',
    draw: (_, { epoch, videos }) => ({
      epoch,
      draws: videos.map((video) =>
        drawOf(
          video,
          Array.from(video.positions.starts, (_start, cell) => cell),
        ),
      ),
    }),
    innerLoss: (forward, _, choice) => {
      const loss = crossEntropy(pool(forward()), labelsOf(choice));
      return { objective: loss, loss };
    },
    updateOuter: (table, { choice, clipLogits }) => {
      choice.draws.forEach(({ video, cells }, n) => {
        for (const cell of cells) table.write(video.id, clipLogits[n]![cell]![video.label]!, [{ cell, share: 1 }]);
      });
      return table;
    },
    snapshot: (table, { id }) => Array.from(table.scores(id)),
    serialize: (table) => table.serialize(),
    restore: (stored) => ScoreTable.restore(storedScoresSchema.parse(stored)),
    poolVideo: pool,
  };
}

import type { Split, SplitVideo } from './splits.ts';

/**
 * Puts unlabelled videos beside the labelled ones of the training set: all that share no person, performance or content
 * with a validation or test video and declare no other set.
 */
export function withUnlabelled(split: Split, videos: readonly SplitVideo[]): Split {
  const held = new Set([...split.val, ...split.test]);
  const heldTies = new Set(videos.flatMap((video) => (held.has(video.id) ? tiesOf(video) : [])));
  const unlabelled = videos.filter(({ label }) => label === null);
  const usable = unlabelled.filter(
    (video) =>
      (video.declaredSplit === null || video.declaredSplit === 'train') &&
      !tiesOf(video).some((tie) => heldTies.has(tie)),
  );
  const left = unlabelled.length - usable.length;
  const nameless = usable.filter(({ subject }) => subject === null).length;
  const notes = [
    ...split.notes.filter((note) => !note.endsWith('videos without a label take no part.')),
    ...(left > 0 ? [`${left} unlabelled videos show people of the validation or test set and take no part.`] : []),
    ...(nameless > 0 ? [`${nameless} unlabelled training videos name no subject: it may be one of another set.`] : []),
  ];
  return {
    ...split,
    train: [...split.train, ...usable.map(({ id }) => id)].sort(),
    subjectDisjoint: split.subjectDisjoint && nameless === 0,
    notes,
  };
}

function tiesOf({ subject, performance, contentHash }: SplitVideo): string[] {
  const ties = [
    ['subject', subject],
    ['performance', performance],
    ['content', contentHash],
  ] as const;
  return ties.flatMap(([what, key]) => (key === null ? [] : [`${what} ${key}`]));
}

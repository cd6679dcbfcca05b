import { describe, expect, test } from 'vitest';
import { afew } from '../../../../src-main/data/layouts/afew.ts';
import { chooseLayout } from '../../../../src-main/data/layouts/choose-layout.ts';
import { cremad } from '../../../../src-main/data/layouts/cremad.ts';
import { dfew } from '../../../../src-main/data/layouts/dfew.ts';
import { ferv39k } from '../../../../src-main/data/layouts/ferv39k.ts';
import { mafw } from '../../../../src-main/data/layouts/mafw.ts';
import { ravdess } from '../../../../src-main/data/layouts/ravdess.ts';
import { listing } from '../../../support/listing.ts';

const FOLD_1 = { fold: 1, faces: 'auto' } as const;
const recognised = (...args: Parameters<typeof listing>) => chooseLayout(listing(...args), 'auto').layout.name;

describe('RAVDESS', () => {
  const name = 'Video_Speech_Actor_12/Actor_12/02-01-06-01-02-01-12.mp4';

  test('the seven fields of the published example', () => {
    expect(ravdess.read(listing([name]), FOLD_1).entries).toEqual([
      {
        path: name,
        kind: 'file',
        label: 'fear',
        subject: 'actor 12',
        performance: 'ravdess 01-06-01-02-01-12',
        declaredSplit: null,
        moment: null,
        attributes: {
          modality: 'video only',
          channel: 'speech',
          intensity: 'normal',
          statement: 'Dogs are sitting by the door',
          repetition: '1',
          sex: 'female',
        },
      },
    ]);
  });

  test('the eight emotion codes', () => {
    const videos = [1, 2, 3, 4, 5, 6, 7, 8].map((code) => `01-02-0${code}-01-01-02-03.mp4`);
    expect(ravdess.read(listing(videos), FOLD_1).entries.map((entry) => entry.label)).toEqual([
      'neutral',
      'calm',
      'happiness',
      'sadness',
      'anger',
      'fear',
      'disgust',
      'surprise',
    ]);
  });

  test('twins share a performance, and the one without sound comes first', () => {
    const { entries, notes } = ravdess.read(
      listing(['01-01-03-01-01-01-01.mp4', '01-01-03-01-01-02-01.mp4', '02-01-03-01-01-01-01.mp4']),
      FOLD_1,
    );
    expect(entries.map((entry) => entry.path.slice(0, 2))).toEqual(['02', '01', '01']);
    expect(new Set(entries.map((entry) => entry.performance)).size).toBe(2);
    expect(notes[0]).toContain('1 performance is there with and without sound');
  });

  test('audio-only recordings are left out, and calm is its own class; both are said', () => {
    const { entries, notes } = ravdess.read(listing(['03-01-03-01-01-01-01.mp4', '01-01-02-01-01-01-01.mp4']), FOLD_1);
    expect(entries.map((entry) => entry.label)).toEqual(['calm']);
    expect(notes).toEqual([
      'Audio-only recordings (03-) were left out: 1.',
      'calm (1 file) is kept as a class of its own, not merged into neutral.',
    ]);
  });

  test.each([
    ['01-01-09-01-01-01-01.mp4', 'field 3 (emotion) is 09: expected 01 to 08'],
    ['01-01-01-01-01-01-25.mp4', 'field 7 (actor) is 25: expected 01 to 24'],
    ['00-01-01-01-01-01-01.mp4', 'field 1 (modality) is 00: expected 01 to 03'],
    ['01-01-01-01-01-01.mp4', 'not a RAVDESS name'],
  ])('%s is a problem of its own', (path, reason) => {
    const { entries, problems } = ravdess.read(listing([path, name]), FOLD_1);
    expect(entries).toHaveLength(1);
    expect(problems).toEqual([{ path, reason: expect.stringContaining(reason) }]);
  });

  test('is recognised by its names, in folders of actors', () => {
    expect(recognised(['Actor_01/01-01-03-01-01-01-01.mp4', 'Actor_02/01-01-03-01-01-01-02.mp4'])).toBe('ravdess');
  });
});

describe('CREMA-D', () => {
  test('actor, sentence, emotion and level', () => {
    expect(cremad.read(listing(['VideoFlash/1001_DFA_ANG_XX.flv']), FOLD_1).entries).toEqual([
      expect.objectContaining({
        path: 'VideoFlash/1001_DFA_ANG_XX.flv',
        label: 'anger',
        subject: 'actor 1001',
        performance: 'cremad 1001_DFA_ANG_XX',
        attributes: { sentence: "Don't forget a jacket", level: 'unspecified' },
      }),
    ]);
  });

  test('the six emotion codes', () => {
    const videos = ['ANG', 'DIS', 'FEA', 'HAP', 'NEU', 'SAD'].map((code) => `1002_IEO_${code}_HI.flv`);
    expect(cremad.read(listing(videos), FOLD_1).entries.map((entry) => entry.label)).toEqual([
      'anger',
      'disgust',
      'fear',
      'happiness',
      'neutral',
      'sadness',
    ]);
  });

  test('people and votes come from the dataset’s tables', () => {
    const lists = {
      'VideoDemographics.csv': '"ActorID","Age","Sex","Race","Ethnicity"\n1001,51,"Male","Caucasian","Not Hispanic"\n',
      'processedResults/summaryTable.csv':
        '"","FileName","VoiceVote","VoiceLevel","FaceVote","FaceLevel","MultiModalVote","MultiModalLevel"\n' +
        '"1","1001_IEO_NEU_XX","N","58.3","A:N","60","N","54"\n',
    };
    const { entries, notes } = cremad.read(listing(['1001_IEO_NEU_XX.flv'], lists), FOLD_1);
    expect(entries[0]?.attributes).toMatchObject({ age: '51', sex: 'Male', faceVote: 'A:N', voiceVote: 'N' });
    expect(entries[0]?.label).toBe('neutral');
    expect(notes[0]).toContain('intended emotions');
  });

  test.each([
    ['1001_IEO_SUR_XX.flv', 'unknown CREMA-D emotion SUR'],
    ['1001_XYZ_ANG_XX.flv', 'unknown CREMA-D sentence XYZ'],
    ['1001_IEO_ANG_YY.flv', 'unknown CREMA-D level YY'],
    ['intro.flv', 'not a CREMA-D name'],
  ])('%s is a problem of its own', (path, reason) => {
    const { problems } = cremad.read(listing([path, '1001_IEO_NEU_XX.flv']), FOLD_1);
    expect(problems).toEqual([{ path, reason: expect.stringContaining(reason) }]);
  });

  test('is recognised by its names', () => {
    expect(recognised(['1001_DFA_ANG_XX.flv', '1002_IEO_HAP_LO.flv'])).toBe('cremad');
  });
});

describe('AFEW', () => {
  const official = [
    'Train_AFEW/Angry/000046280.avi',
    'Train_AFEW/Happy/000149120.avi',
    'Val_AFEW/Sad/000122400.avi',
    'Test_AFEW/000110600.avi',
  ];

  test('val is the test set, train is left to be divided, test has no label', () => {
    const { entries, notes, problems } = afew.read(listing(official), FOLD_1);
    expect(entries.map(({ label, declaredSplit }) => [label, declaredSplit])).toEqual([
      ['anger', 'train'],
      ['happiness', 'train'],
      ['sadness', 'test'],
      [null, null],
    ]);
    expect(notes[0]).toContain("AFEW's val is the test set here");
    expect(problems).toEqual([]);
  });

  test('folders of frames named by time code, and the lower-case processed folders', () => {
    const frames = listing(['train/Angry/012136400/', 'val/Surprise/000122400/']);
    expect(
      afew.read(frames, FOLD_1).entries.map(({ label, declaredSplit, kind }) => [label, declaredSplit, kind]),
    ).toEqual([
      ['anger', 'train', 'frames'],
      ['surprise', 'test', 'frames'],
    ]);
    expect(recognised(['train/Angry/012136400/', 'val/Surprise/000122400/'])).toBe('afew');
    expect(recognised(['train_afew/Angry/a.mp4', 'val_afew/Sad/b.mp4'])).toBe('afew');
    expect(recognised(official)).toBe('afew');
  });

  test('other train and val folders are not AFEW', () => {
    expect(recognised(['train/Angry/bob.mp4', 'val/Sad/eve.mp4'])).toBe('folders');
  });

  test('a video outside of the emotions is a problem', () => {
    expect(afew.read(listing([...official, 'Train_AFEW/readme.mp4']), FOLD_1).problems).toHaveLength(1);
  });
});

describe('DFEW', () => {
  const lists = {
    'EmoLabel_DataSplit/train(single-labeled)/set_1.csv': 'video_name,label\n1,1\n2,2\n12345,7\n',
    'EmoLabel_DataSplit/test(single-labeled)/set_1.csv': 'video_name,label\n3,6\n4,9\n',
    'EmoLabel_DataSplit/train(single-labeled)/set_2.csv': 'video_name,label\n3,6\n',
    'EmoLabel_DataSplit/test(single-labeled)/set_2.csv': 'video_name,label\n1,1\n',
  };
  const clips = [1, 2, 3, 4, 5].map((id) => `Clip/original/${id}.mp4`);
  const crops = [1, 2, 3, 4, 5].map((id) => `Clip/clip_224x224/0000${id}/`);

  test('labels by code and the sets of the chosen fold', () => {
    const { entries, notes, problems } = dfew.read(listing(clips, lists), FOLD_1);
    expect(entries.map(({ path, label, declaredSplit }) => [path, label, declaredSplit])).toEqual([
      ['Clip/original/1.mp4', 'happiness', 'train'],
      ['Clip/original/2.mp4', 'sadness', 'train'],
      ['Clip/original/3.mp4', 'disgust', 'test'],
    ]);
    expect(problems).toEqual([
      { path: '12345', reason: 'EmoLabel_DataSplit/train(single-labeled)/set_1.csv line 4: no clip of this name' },
      {
        path: 'Clip/original/4.mp4',
        reason: "EmoLabel_DataSplit/test(single-labeled)/set_1.csv line 3: unknown label '9'",
      },
    ]);
    expect(notes.join('\n')).toContain('1 clip is in no list');
    expect(notes.join('\n')).toContain('not known to be subject-disjoint');
  });

  test('the seven codes', () => {
    const all = { 'train_set_1.csv': `video_name,label\n${[1, 2, 3, 4, 5, 6, 7].map((c) => `${c},${c}`).join('\n')}` };
    const videos = [1, 2, 3, 4, 5, 6, 7].map((id) => `data/0000${id}/`);
    expect(dfew.read(listing(videos, all), FOLD_1).entries.map((entry) => entry.label)).toEqual([
      'happiness',
      'sadness',
      'neutral',
      'anger',
      'surprise',
      'disgust',
      'fear',
    ]);
  });

  test('another fold gives other sets, and a fold without lists is refused with those that are there', () => {
    const { entries } = dfew.read(listing(clips, lists), { fold: 2, faces: 'auto' });
    expect(entries.map(({ path, declaredSplit }) => [path, declaredSplit])).toEqual([
      ['Clip/original/3.mp4', 'train'],
      ['Clip/original/1.mp4', 'test'],
    ]);
    expect(() => dfew.read(listing(clips, lists), { fold: 5, faces: 'auto' })).toThrow('lists of folds 1, 2');
  });

  test('whole pictures are taken to find faces in, face crops for --faces cropped, the resampled copy last', () => {
    const resampled = [1, 2, 3].map((id) => `Clip/clip_224x224_16f/0000${id}/`);
    const all = listing([...resampled, ...crops, ...clips], lists);
    const folderFor = (faces: 'auto' | 'cropped') => dfew.read(all, { fold: 1, faces }).entries[0]!.path;
    expect(folderFor('auto')).toBe('Clip/original/1.mp4');
    expect(folderFor('cropped')).toBe('Clip/clip_224x224/00001');
  });

  test.each(['train_set_1.csv', 'label/single_trainset_1.csv', 'EmoLabel_DataSplit/train(single-labeled)/set_1.csv'])(
    'is recognised with its list as %s',
    (name) => expect(recognised(crops, { [name]: 'video_name,label\n1,1\n' })).toBe('dfew'),
  );
});

describe('FERV39k', () => {
  const clips = ['Action/Happy/0001', 'Action/Sad/0002', 'Crime/Angry/0001'].map(
    (clip) => `2_ClipsforFaceCrop/${clip}/`,
  );
  const lists = {
    '4_setups/All_scenes/train_All.csv': 'Action/Happy/0001 Happy\nAction/Sad/0002 Sad\r\n',
    '4_setups/All_scenes/test_All.csv': 'Crime/Angry/0001 Angry\nWar/Fear/0009 Fear\n',
    '4_setups/Action/train_Action.csv': 'Action/Happy/0001 Happy\n',
  };

  test('space-separated lists give label, set and scene', () => {
    const { entries, problems } = ferv39k.read(listing(clips, lists), FOLD_1);
    expect(entries.map(({ label, declaredSplit, attributes }) => [label, declaredSplit, attributes.scene])).toEqual([
      ['happiness', 'train', 'Action'],
      ['sadness', 'train', 'Action'],
      ['anger', 'test', 'Crime'],
    ]);
    expect(problems).toEqual([
      { path: 'War/Fear/0009', reason: '4_setups/All_scenes/test_All.csv line 2: no clip of this name' },
    ]);
  });

  test('without lists the folders give the labels, and this is said', () => {
    const { entries, notes } = ferv39k.read(listing(clips), FOLD_1);
    expect(entries.map((entry) => entry.label)).toEqual(['happiness', 'sadness', 'anger']);
    expect(notes[0]).toContain('no FERV39k lists');
  });

  test('is recognised by its scenes, with and without lists', () => {
    expect(recognised(clips, lists)).toBe('ferv39k');
    expect(recognised(clips)).toBe('ferv39k');
  });
});

describe('MAFW', () => {
  const lists = {
    'split/single/no_caption/set_1/train.txt': '00001.mp4 anger\n00002.mp4 helplessness\n',
    'split/single/no_caption/set_1/test.txt': '00003.mp4 disappointment\n',
    'split/single/with_caption/set_1/train.txt': '00001.mp4 anger A man shouts\n',
  };
  const frames = [1, 2, 3].map((id) => `data/frames/0000${id}/`);
  const faces = [1, 2, 3].map((id) => `data/faces/0000${id}/`);

  test('lists of the fold give label and set', () => {
    const { entries, problems } = mafw.read(listing(frames, lists), FOLD_1);
    expect(problems).toEqual([]);
    expect(entries.map(({ path, label, declaredSplit }) => [path, label, declaredSplit])).toEqual([
      ['data/frames/00001', 'anger', 'train'],
      ['data/frames/00002', 'helplessness', 'train'],
      ['data/frames/00003', 'disappointment', 'test'],
    ]);
  });

  test('all eleven classes are known', () => {
    const words =
      'anger disgust fear happiness neutral sadness surprise contempt anxiety helplessness disappointment'.split(' ');
    const text = words.map((word, i) => `${String(i).padStart(5, '0')}.mp4 ${word}`).join('\n');
    const clips = words.map((_, i) => `clips/${String(i).padStart(5, '0')}.mp4`);
    const { entries } = mafw.read(listing(clips, { 'set_1/train.txt': text }), FOLD_1);
    expect(entries.map((entry) => entry.label)).toEqual(words);
  });

  test('frames or faces, as --faces asks', () => {
    const all = listing([...frames, ...faces], lists);
    expect(mafw.read(all, { fold: 1, faces: 'cropped' }).entries[0]?.path).toBe('data/faces/00001');
    expect(mafw.read(all, { fold: 1, faces: 'auto' }).entries[0]?.path).toBe('data/frames/00001');
    expect(() => mafw.read(all, { fold: 3, faces: 'auto' })).toThrow('MAFW: fold 3 was asked for');
  });

  test('is recognised by its lists', () => expect(recognised(frames, lists)).toBe('mafw'));
});

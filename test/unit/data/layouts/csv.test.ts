import { describe, expect, test } from 'vitest';
import { AppError } from '../../../../src-main/contract/errors.ts';
import { csv } from '../../../../src-main/data/layouts/csv.ts';
import type { Listing } from '../../../../src-main/data/layouts/layout.ts';
import { listing } from '../../../support/listing.ts';

const VIDEOS = ['a.mp4', 'sub/b.mp4', 'frames/0001/', 'ünï "q".mp4', '-dash.mp4'];

/** The fourth as a cell of a CSV. */
const QUOTED = '"ünï ""q"".mp4"';

function read(text: string, videos = VIDEOS) {
  return csv.read(listing(videos, { 'labels.csv': text }), { fold: 1, faces: 'auto' });
}

/** The message of the refusal. */
function refusal(text: string): string {
  try {
    read(text);
  } catch (error) {
    expect(error).toMatchObject({ name: 'AppError', code: 'bad-input' });
    return (error as Error).message;
  }
  throw new Error('it was not refused');
}

describe('a good list', () => {
  test('gives label by name, subject, split and moment', () => {
    const { entries, problems } = read(
      'path,label,subject,split,start,end\na.mp4,Happy,p1,train,0.5,1.25\nsub/b.mp4,neutral,p2,test,,\n',
    );
    expect(problems).toEqual([]);
    expect(entries).toEqual([
      {
        path: 'a.mp4',
        kind: 'file',
        label: 'happiness',
        subject: 'p1',
        performance: null,
        declaredSplit: 'train',
        moment: { startSec: 0.5, endSec: 1.25 },
        attributes: {},
      },
      expect.objectContaining({ path: 'sub/b.mp4', label: 'neutral', declaredSplit: 'test', moment: null }),
    ]);
  });

  test.each([
    ['comma', 'path,label,subject,start,end\na.mp4,sad,p1,0.5,1.5'],
    ['semicolon and decimal comma', 'path;label;subject;start;end\r\na.mp4;sad;p1;0,5;1,5\r\n'],
    ['tab', 'path\tlabel\tsubject\tstart\tend\na.mp4\tsad\tp1\t0.5\t1.5\n'],
    ['byte order mark, old line ends, blank lines', '\uFEFFpath,label,subject,start,end\r\ra.mp4,sad,p1,.5,1.5\r'],
    ['capitals and blanks in the header', ' Path, Label ,SUBJECT, Start,End\n a.mp4 , sad,p1, 0.5,1.5\n'],
  ])('is read with %s', (_, text) => {
    const { entries } = read(text);
    expect(entries).toMatchObject([
      { path: 'a.mp4', label: 'sadness', subject: 'p1', moment: { startSec: 0.5, endSec: 1.5 } },
    ]);
  });

  test('finds quoted, accented, dashed and dotted paths, backslashes and folders of frames', () => {
    const { entries, problems } = read(
      `path,label\n"${'ünï ""q"".mp4'.normalize('NFD')}",sad\n-dash.mp4,sad\n./a.mp4,sad\nsub\\b.mp4,sad\nframes/0001/,sad\n`,
    );
    expect(problems).toEqual([]);
    expect(entries.map((entry) => entry.path)).toEqual([
      'ünï "q".mp4',
      '-dash.mp4',
      'a.mp4',
      'sub/b.mp4',
      'frames/0001',
    ]);
    expect(entries.at(-1)?.kind).toBe('frames');
  });

  test('takes absolute paths into its own folder', () => {
    const { entries, problems } = read('path,label\n/data/sub/b.mp4,sad\n/data/gone.mp4,sad\n');
    expect(entries.map(({ path }) => path)).toEqual(['sub/b.mp4']);
    expect(problems).toEqual([
      { path: '/data/gone.mp4', reason: 'labels.csv line 3: there is no such file beside the CSV' },
    ]);
  });

  test('keeps apart two videos whose names differ only in how accents are written', () => {
    const [together, apart] = ['ä.mp4'.normalize('NFC'), 'ä.mp4'.normalize('NFD')];
    const { entries } = read(`path,label\n${together},sad\n${apart},happy\n`, [apart, together]);
    expect(entries.map(({ path, label }) => [path, label])).toEqual([
      [together, 'sadness'],
      [apart, 'happiness'],
    ]);
  });

  test('keeps further columns as attributes, and says so', () => {
    const { entries, notes } = read('path,label,age,camera\na.mp4,sad,31,\n');
    expect(entries[0]?.attributes).toEqual({ age: '31' });
    expect(notes).toContain('Columns kept as attributes: age, camera.');
  });

  test('may leave labels open', () => {
    const { entries, notes } = read('path,label\na.mp4,\n');
    expect(entries[0]?.label).toBeNull();
    expect(notes).toContain('1 row has no label.');
  });
});

describe('a row whose video cannot be had', () => {
  test('is a problem with its line, and the others are read', () => {
    const { entries, problems } = read('path,label\na.mp4,sad\ngone.mp4,sad\n');
    expect(entries).toHaveLength(1);
    expect(problems).toEqual([{ path: 'gone.mp4', reason: 'labels.csv line 3: there is no such file beside the CSV' }]);
  });

  test.each(['http://host/a.mp4', 'file:///data/a.mp4', 'file:/data/a.mp4'])('%s is a URL', (path) => {
    const { problems } = read(`path,label\na.mp4,sad\n${path},sad\n`);
    expect(problems).toEqual([{ path, reason: 'labels.csv line 3: it is a URL: expected the path of a file' }]);
  });

  test.each(['../a.mp4', 'sub/../../a.mp4', '/etc/passwd', 'C:\\a.mp4', '..\\a.mp4', '/data/../a.mp4'])(
    '%s leads out of the folder',
    (path) => {
      const { problems } = read(`path,label\na.mp4,sad\n${path},sad\n`);
      expect(problems).toEqual([{ path, reason: 'labels.csv line 3: the path leads out of the folder of the CSV' }]);
    },
  );
});

describe('a list with mistakes is refused with their lines', () => {
  test.each([
    ['a missing column', 'path,subject\na.mp4,p1\n', 'no column label; the columns are path, subject'],
    ['no header', 'a.mp4,sad\nsub/b.mp4,sad\n', 'no column path and label; the columns are a.mp4, sad'],
    [
      'a slip for an absent column',
      'path,label,subjct\na.mp4,sad,p1\n',
      "column 'subjct' looks like a slip for 'subject'",
    ],
    ['start without end', 'path,label,start\na.mp4,sad,1\n', 'start and end need each other'],
    ['half a moment', 'path,label,start,end\na.mp4,sad,1,\n', 'line 2: start and end need each other'],
    ['a bad number', 'path,label,start,end\na.mp4,sad,1.x,2\n', "line 2: start is '1.x': expected seconds, 0 or more"],
    ['a negative time', 'path,label,start,end\na.mp4,sad,-1,2\n', "line 2: start is '-1': expected seconds"],
    ['an endless time', 'path,label,start,end\na.mp4,sad,1,Infinity\n', "line 2: end is 'Infinity'"],
    ['a time beyond all numbers', 'path,label,start,end\na.mp4,sad,1,1e999\n', "line 2: end is '1e999'"],
    ['an end before the start', 'path,label,start,end\na.mp4,sad,2,1\n', 'line 2: end (1) is not after start (2)'],
    [
      'a split of no set',
      'path,label,split\na.mp4,sad,holdout\n',
      "line 2: split is 'holdout': expected train, val or test",
    ],
    ['a split that is a property', 'path,label,split\na.mp4,sad,constructor\n', "line 2: split is 'constructor'"],
    ['a row without a path', 'path,label\na.mp4,sad\n,sad\n', 'line 3: no path'],
    ['a path twice', 'path,label\na.mp4,sad\n\na.mp4,happy\n', "'a.mp4' is listed 2 times (lines 2, 4)"],
    [
      'a video under two spellings',
      'path,label\nsub/b.mp4,happy\na.mp4,sad\n./sub/b.mp4,angry\n',
      "'sub/b.mp4' is listed 2 times (lines 2, 4), also as './sub/b.mp4'",
    ],
    [
      'a video by a way round and with backslashes',
      'path,label\nx/../sub/b.mp4,happy\nsub\\b.mp4,happy\n',
      "'x/../sub/b.mp4' is listed 2 times (lines 2, 3), also as 'sub\\b.mp4'",
    ],
    [
      'a video by its absolute path',
      'path,label\na.mp4,happy\n/data/a.mp4,sad\n',
      "'a.mp4' is listed 2 times (lines 2, 3), also as '/data/a.mp4'",
    ],
    [
      'a video with its accents written in two ways',
      `path,label\n${QUOTED.normalize('NFC')},sad\n${QUOTED.normalize('NFD')},happy\n`,
      'is listed 2 times (lines 2, 3), also as',
    ],
    [
      'a missing video under two spellings',
      'path,label\ngone.mp4,sad\n./gone.mp4,happy\n',
      'listed 2 times (lines 2, 3)',
    ],
    ['an unknown label', 'path,label\na.mp4,blorp\n', "'blorp' is not one of the known expressions"],
    ['a misspelt label', 'path,label\na.mp4,hapiness\n', "'hapiness' looks like a slip for 'happiness' (line 2)"],
    ['a short row', 'path,label\na.mp4,sad\nb.mp4\n', 'line 3 has a different number of cells than the header'],
    ['an open quote', 'path,label\n"a.mp4,sad\n', 'never closed'],
    ['a column twice', 'path,label,label\na.mp4,sad,sad\n', "column 'label' is there twice"],
    ['no rows', 'path,label\n', 'has a header and no rows'],
    ['nothing', '', 'no column path and label'],
  ])('%s', (_, text, message) => expect(refusal(text)).toContain(message));

  test('a column like a known one is an attribute where the known one is there too', () => {
    expect(read('path,lable,label\na.mp4,x,sad\n').notes).toContain('Columns kept as attributes: lable.');
  });

  test('all the mistakes come at once', () => {
    const message = refusal('path,label,start,end\na.mp4,sad,2,1\nsub/b.mp4,hapy,1,2\n,sad,,\n');
    expect(message).toMatch(/line 2: end.*\n.*line 4: no path\n.*'hapy' looks like a slip for 'happiness' \(line 3\)/);
  });
});

describe('which CSV', () => {
  test('labels.csv wins; of several others one must be named', () => {
    const text = 'path,label\na.mp4,sad\n';
    const both = listing(VIDEOS, { 'x.csv': text, 'labels.csv': text });
    expect(csv.recognise(both)?.why).toContain('labels.csv');
    const two = listing(VIDEOS, { 'x.csv': text, 'y.csv': text });
    expect(() => csv.read(two, { fold: 1, faces: 'auto' })).toThrow('the folder has x.csv, y.csv');
    expect(csv.read(two, { fold: 1, faces: 'auto', list: 'y.csv' }).entries).toHaveLength(1);
  });

  test('tables of other kinds are not taken for it', () => {
    expect(csv.recognise(listing(VIDEOS, { 'VideoDemographics.csv': 'ActorID,Age\n1001,51\n' }))).toBeNull();
  });

  describe('where one cannot be read', () => {
    function unreadable(name: string, lists: Record<string, string> = {}): Listing {
      const all = listing(VIDEOS, { ...lists, [name]: '' });
      const readList = (list: string) => {
        if (list === name) throw new AppError('bad-input', `${name} is not UTF-8 text.`);
        return all.readList(list);
      };
      return { ...all, readList };
    }

    test('it is not the list, whether there is another or not', () => {
      expect(csv.recognise(unreadable('notes.csv'))).toBeNull();
      const beside = unreadable('notes.csv', { 'mine.csv': 'path,label\na.mp4,sad\n' });
      expect(csv.recognise(beside)?.why).toBe('mine.csv has the columns path and label');
      expect(csv.read(beside, { fold: 1, faces: 'auto' }).entries).toHaveLength(1);
    });

    test('its mistake is said where it is labels.csv or was named', () => {
      expect(() => csv.recognise(unreadable('labels.csv'))).toThrow('labels.csv is not UTF-8 text');
      const named = { fold: 1, faces: 'auto', list: 'notes.csv' } as const;
      expect(() => csv.read(unreadable('notes.csv'), named)).toThrow('notes.csv is not UTF-8 text');
    });
  });
});

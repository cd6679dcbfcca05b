import {
  DisagreeIcon,
  DoubtIcon,
  LabelIcon,
  MissingIcon,
  PeopleIcon,
  PrepareIcon,
  QuarantineIcon,
  WrongIcon,
} from '../../components/icons.ts';
import type { Concern } from '../../lib/library-filter.ts';

export const concernIcons = {
  missing: MissingIcon,
  quarantine: QuarantineIcon,
  unprepared: PrepareIcon,
  'no-face': WrongIcon,
  'few-faces': DoubtIcon,
  'several-people': PeopleIcon,
  disagreement: DisagreeIcon,
  unlabelled: LabelIcon,
} satisfies Record<Concern, unknown>;

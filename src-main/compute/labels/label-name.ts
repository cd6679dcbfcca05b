import { AppError } from '../../contract/errors.ts';
import { canonicalLabel, misspeltLabel } from '../../data/labels.ts';
import type { Project } from '../../store/project.ts';

/**
 * The name to store for what somebody typed: `Happy` is happiness, and a class of the project stays as it is.
 * @throws AppError `bad-input` for what looks like a slip for a known expression
 */
export function labelNamed(project: Project, label: string | null): string | null {
  if (label === null) return null;
  const known = canonicalLabel(label);
  if (known !== null) return known;
  const meant = misspeltLabel(label);
  if (meant === null || project.labels.opinions().some((opinion) => opinion.label === label)) return label;
  throw new AppError('bad-input', `'${label}' looks like a slip for '${meant}'.`, {
    hint: `Choose ${meant}, or a name that is farther from it.`,
  });
}

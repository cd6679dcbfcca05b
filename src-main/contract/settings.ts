import { z } from 'zod';
import { trainConfigSchema } from './config.ts';

/** A setting of a training run that is not itself a group of settings. */
export type Setting = { schema: z.ZodType; description: string; defaultValue: unknown };

/** Every setting by its dotted key, in the order of the schema, with defaults peeled off. */
export function listSettings(): Map<string, Setting> {
  return settingsOf(trainConfigSchema);
}

/** The same of another schema that has a default or nothing for every key. */
export function settingsOf(schema: z.ZodObject): Map<string, Setting> {
  return collect(schema, '', schema.parse({}));
}

function collect(group: z.ZodObject, prefix: string, defaults: Record<string, unknown>): Map<string, Setting> {
  const found = Object.entries(group.shape).flatMap(([key, field]): [string, Setting][] => {
    const schema = peeled(field as z.ZodType);
    const defaultValue = defaults[key];
    if (schema instanceof z.ZodObject)
      return [...collect(schema, `${prefix}${key}.`, defaultValue as Record<string, unknown>)];
    return [[prefix + key, { schema, description: (field as z.ZodType).description ?? '', defaultValue }]];
  });
  return new Map(found);
}

function peeled(schema: z.ZodType): z.ZodType {
  const wrapped = schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;
  return wrapped ? peeled(schema.unwrap() as z.ZodType) : schema;
}

import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';

type Json = Readonly<Record<string, unknown>>;

/** How an answer differs from what the description of the API says of it; nothing: it does not. */
export function answersOf(description: Json) {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema({ ...description, $id: 'https://waywarden.example/openapi' });
  const paths = description['paths'] as Readonly<Record<string, Json>>;
  const escaped = (part: string) => part.replaceAll('~', '~0').replaceAll('/', '~1');
  return (method: string, path: string, answer: unknown, code = '200'): readonly string[] => {
    const { responses } = (paths[path]?.[method] ?? {}) as { responses?: Json };
    if (responses?.[code] === undefined) return [`${method} ${path} ${code} is not described`];
    const at = ['paths', escaped(path), method, 'responses', code, 'content', 'application~1json'];
    const pointer = [...at, 'schema'].map(encodeURIComponent).join('/');
    const validate = ajv.compile({ $ref: `https://waywarden.example/openapi#/${pointer}` });
    if (validate(answer)) return [];
    const words = ({ instancePath, message = '' }: ErrorObject) => `${instancePath} ${message}`;
    return (validate.errors ?? []).map(words);
  };
}

/**
 * What one source file adds to the house's counts: lines, words of comments, wide interfaces, exported
 * names, identifiers with a banned word, folders that it imports. Pure: text in, numbers out.
 */
import { dirname, join } from 'node:path';
import ts from 'typescript';

export const wordsIn = (text) =>
  text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

/** `toldOf`, `TOLD_MAX` and `told-of` are the words `told of` and `told max`. */
export const wordsOfName = (name) =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(/[\s_$#-]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());

/** The banned word or phrase of a name, or none; names of the platform are not ours to choose. */
export function bannedIn(name, { bannedWords, bannedPhrases, platformNames = [] }) {
  if (platformNames.includes(name)) return undefined;
  const words = wordsOfName(name);
  const word = words.find((one) => Object.hasOwn(bannedWords, one));
  if (word !== undefined) return word;
  const text = ` ${words.join(' ')} `;
  return Object.keys(bannedPhrases).find((phrase) => text.includes(` ${phrase} `));
}

function commentWords(source) {
  const { text } = source;
  const seen = new Map();
  const collect = (ranges) => {
    for (const { pos, end } of ranges ?? []) seen.set(pos, end);
  };
  const visit = (node) => {
    collect(ts.getLeadingCommentRanges(text, node.getFullStart()));
    collect(ts.getTrailingCommentRanges(text, node.getEnd()));
    for (const child of node.getChildren(source)) visit(child);
  };
  visit(source);
  return [...seen].reduce((sum, [pos, end]) => sum + wordsIn(text.slice(pos, end)), 0);
}

const isExported = (node) =>
  node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;

function exportedNames(source) {
  return source.statements.filter(isExported).flatMap((node) => {
    if (ts.isVariableStatement(node)) {
      return node.declarationList.declarations
        .filter(({ name }) => ts.isIdentifier(name))
        .map(({ name }) => name.text);
    }
    return node.name === undefined ? [] : [node.name.text];
  });
}

const importedPaths = (source, path) =>
  source.statements
    .filter((node) => ts.isImportDeclaration(node) || ts.isExportDeclaration(node))
    .map(({ moduleSpecifier }) => moduleSpecifier?.text ?? '')
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => join(dirname(path), specifier));

/** Counts of one file; `rules` is `rules.json`. */
export function countSource(path, text, rules) {
  const kind = path.endsWith('x') ? ts.ScriptKind.TSX : undefined;
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind);
  const wide = [];
  const banned = new Map();
  const visit = (node) => {
    const members = ts.isInterfaceDeclaration(node)
      ? node
      : ts.isTypeAliasDeclaration(node)
        ? node.type
        : null;
    const fields = members?.members?.filter(ts.isPropertySignature).length ?? 0;
    if (fields > rules.limits.interfaceFields) wide.push(`${node.name.text} (${fields})`);
    if (
      (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) &&
      bannedIn(node.text, rules) !== undefined
    ) {
      banned.set(node.text, (banned.get(node.text) ?? 0) + 1);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return {
    path,
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    commentWords: commentWords(source),
    wide,
    banned,
    exported: exportedNames(source),
    imports: importedPaths(source, path),
  };
}

export function longSubjects(cwd: string, base: string, length: number): readonly string[];

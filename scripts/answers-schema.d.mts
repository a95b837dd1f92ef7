export function answersSchema(): string;

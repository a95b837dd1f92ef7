export function limitsPage(): string;

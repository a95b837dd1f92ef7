import type { ChapterId } from './story.ts';

export const CHAPTER_TEXT: Readonly<
  Record<ChapterId, { readonly title: string; readonly text: string }>
> = {
  drift: {
    title: 'An assistive bot begins to write',
    text: 'triage-bot only ever read. Now it books refunds in production, and nobody approves them.',
  },
  hijack: {
    title: 'A mail gives orders, an agent obeys',
    text: 'inbox-assistant is asked for a summary. A mail in the inbox asks it for the customer list.',
  },
  look_alike: {
    title: 'The same three steps, approved',
    text: 'utility-bills sets up a payee, pays it and releases the payment: approved for that workflow, so quiet.',
  },
  assembly: {
    title: 'Three agents assemble a privilege',
    text: 'invoice-approval does the same for an account that stood in a mail. No agent was granted more than one step.',
  },
};

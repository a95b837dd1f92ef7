import type { AuditEvent } from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import { toJournal } from '../model/journal-output.ts';
import { lineageOf } from '../model/lineage-fact.ts';
import { taskEndOf } from '../model/watched-subject.ts';
import type { ReportedLineage } from './told-lineage.ts';

export function reportedOf(event: AuditEvent, reported: ReportedLineage): readonly Output[] {
  const { event_id: id, event_time: time } = event;
  const end = taskEndOf(event);
  if (end !== undefined)
    return [toJournal({ kind: 'task_end', task_end: end }, `task_end|${id}`, time)];
  const lineage = lineageOf(event);
  if (lineage === undefined || !reported.isNew(lineage)) return [];
  return [toJournal({ kind: 'lineage', lineage }, `lineage|${id}`, time)];
}

import { describe, expect, it } from 'vitest';
import { inferFromTexts, inferTool } from './infer-tool.ts';

describe('inferTool', () => {
  it.each([
    ['get_customer', 'read', 'read:personal'],
    ['listSecrets', 'read', 'read:secret'],
    ['search_web', 'read', 'ingest:untrusted'],
    ['read_messages', 'read', 'ingest:untrusted'],
    ['get_invoice', 'read', 'read:financial'],
    ['sendNotification', 'send', 'send:external'],
    ['publish_article', 'send', 'publish:public'],
    ['transfer_funds', 'pay', 'initiate:payment'],
    ['send_money', 'pay', 'initiate:payment'],
    ['approve_payment', 'execute', 'approve:payment'],
    ['merge_branch', 'execute', 'approve:change'],
    ['delete_backup', 'delete', 'delete:backup'],
    ['disable_audit_log', 'configure', 'disable:logging'],
    ['create_api_key', 'create', 'create:credential'],
    ['create_user', 'create', 'create:identity'],
    ['add_payee', 'create', 'create:payee'],
    ['grant_role', 'grant', 'grant:access'],
    ['assign_role', 'grant', 'grant:access'],
    ['assign_truck', 'update', 'write:data'],
    ['assign_issue', 'update', 'write:data'],
    ['assignUserToApplication', 'grant', 'grant:access'],
    ['assign_admin', 'grant', 'grant:access'],
    ['role_assignment', 'grant', 'grant:access'],
    ['assign_policies', 'grant', 'grant:access'],
    ['run_command', 'execute', 'exec:shell'],
    ['deploy_service', 'execute', 'deploy:production'],
    ['store_memory', 'unknown', undefined],
    ['drop_db', 'delete', 'delete:data'],
  ] as const)('%s has effect %s and can %s', (tool, effect, symbol) => {
    const facts = inferTool(tool);
    expect(facts.effect).toBe(effect);
    if (symbol === undefined) expect(facts.symbols).toEqual([]);
    else expect(facts.symbols).toContain(symbol);
  });

  it.each([
    ...['löschen_db', 'datenbank_loeschen', 'DatenbankLöschen', 'borrar_base', 'borrarBase'],
    ...['supprimer_base', 'excluir-registro', 'cancella_record', 'удалить_базу', 'видалити'],
    ...[
      '删除数据库',
      'データベース削除',
      '데이터베이스_삭제',
      'nuke',
      'remover_registro',
      'del_user',
    ],
  ])('%s deletes', (tool) => {
    expect(inferTool(tool)).toMatchObject({ effect: 'delete', symbols: ['delete:data'] });
  });

  it.each([
    ...[
      'überweisen',
      'UEBERWEISEN',
      'geld_senden',
      'virement',
      'transférer_fonds',
      'pagar_factura',
    ],
    ...['pagare', 'payer_facture', 'enviar_dinero', 'оплатить_счет', '转账', '送金する'],
  ])('%s pays', (tool) => {
    expect(inferTool(tool)).toMatchObject({ effect: 'pay', symbols: ['initiate:payment'] });
  });

  it.each([
    ['enviar_correo', 'send'],
    ['отправить_письмо', 'send'],
    ['nachricht_senden', 'send'],
    ['envoyer_courriel', 'send'],
    ['inviaMessaggio', 'send'],
    ['发送邮件', 'send'],
    ['rechte_erteilen', 'grant'],
    ['conceder_acceso', 'grant'],
    ['skript_ausführen', 'execute'],
    ['ejecutar_script', 'execute'],
    ['benutzer_anlegen', 'create'],
    ['criar_usuario', 'create'],
    ['modifier_client', 'update'],
    ['kunde_lesen', 'read'],
    ['leer_cliente', 'read'],
    ['lire_fichier', 'read'],
    ['クエリ一覧', 'read'],
  ] as const)('%s has effect %s', (tool, effect) => {
    expect(inferTool(tool).effect).toBe(effect);
  });

  it.each([
    'dr0p_db',
    'DR0P',
    'd3lete_user',
    'de1ete',
    'ｄｒｏｐ_db',
    'dr\u00adop',
    'drор_db',
    'ԁеlеtе',
  ])('%s only looks like another word, and is taken for it', (tool) => {
    expect(inferTool(tool).effect).toBe('delete');
  });

  it.each([
    ['zahlen_lesen', 'read'],
    ['payer_lookup', 'read'],
    ['get_payer', 'read'],
    ['list_modifiers', 'read'],
    ['saldo_del_cliente', 'unknown'],
    ['zahlung_status', 'unknown'],
    ['削除済み一覧', 'unknown'],
    ['支付查询', 'unknown'],
    ['h264', 'unknown'],
    ['s3', 'unknown'],
    ['base64', 'unknown'],
  ] as const)('%s is not read as more than is sure: %s', (tool, effect) => {
    expect(inferTool(tool).effect).toBe(effect);
  });

  it('says nothing of a name without a verb', () => {
    expect(inferTool('frobnicator')).toEqual({ effect: 'unknown', symbols: [], trust: 'unknown' });
    expect(inferTool('')).toEqual({ effect: 'unknown', symbols: [], trust: 'unknown' });
  });

  it.each([
    ['verify_account', 'read'],
    ['unlock_door', 'update'],
    ['summarizer', 'read'],
    ['portfolio_manager', 'update'],
    ['LoanVerificationTool', 'read'],
    ['RecordAlteration', 'update'],
    ['AccountCreationTool', 'create'],
    ['parcel_tracking_software', 'update'],
    ['FundWithdrawal', 'pay'],
    ['DataExportTool', 'send'],
    ['HTTPServerShutdown', 'update'],
    ['EpicFHIRGetPatient', 'read'],
    ['medical_database', 'read'],
    ['copy_node', 'create'],
  ] as const)('%s says %s by a verb of English or a noun that derives from one', (tool, effect) => {
    expect(inferTool(tool).effect).toBe(effect);
  });

  it.each([
    ['verification_delete', 'delete'],
    ['manage_and_send_report', 'send'],
    ['AccessRevocationList_get', 'read'],
  ] as const)('%s is read by its seed, wherever it stands: %s', (tool, effect) => {
    expect(inferTool(tool).effect).toBe(effect);
  });

  it.each(['position', 'department_letter', 'winter_river', 'HotelReservation2nd'])(
    '%s only looks as if it derived from a verb, or says what is not known',
    (tool) => {
      expect(inferTool(tool).effect).toBe('unknown');
    },
  );

  it.each([
    ['transfer_funds', 'pay'],
    ['bank_transfer', 'pay'],
    ['transfer', 'pay'],
    ['withdraw', 'pay'],
    ['withdraw_application', 'update'],
    ['transfer_file', 'send'],
    ['transfer_repo_ownership', 'grant'],
    ['submit_form', 'create'],
  ] as const)('%s is judged by what is moved: %s', (tool, effect) => {
    expect(inferTool(tool).effect).toBe(effect);
  });

  it('takes a clock for no watch over agents', () => {
    for (const tool of ['DeleteAlarm', 'delete_alert', 'disable_alarm']) {
      expect(inferTool(tool).symbols).not.toContain('disable:logging');
    }
    for (const tool of ['delete_audit_log', 'DeleteAlarmLogs', 'disable_telemetry']) {
      expect(inferTool(tool).symbols).toContain('disable:logging');
    }
  });

  it('reads what is done behind the last dot, and to what before it', () => {
    expect(inferTool('email.search_messages').effect).toBe('read');
    expect(inferTool('delete.customer').effect).toBe('delete');
    expect(inferTool('email.send').effect).toBe('send');
  });
});

describe('inferFromTexts', () => {
  const said = (description: string | undefined, ...properties: string[]) =>
    inferFromTexts('frobnicator', { description, properties }).effect;

  it.each([
    ['Sends a message to a person.', 'send'],
    ['Provides real-time access to market data.', 'read'],
    ['Allows the user to permanently delete files. Lists them first.', 'delete'],
    ['This tool will transfer money between accounts', 'pay'],
    ['Lists invoices', 'read'],
    ['Löschen von Kunden', 'delete'],
    ['A hub.', 'unknown'],
  ] as const)('takes the first verb of "%s": %s', (description, effect) => {
    expect(said(description)).toBe(effect);
  });

  it('takes what a tool takes last', () => {
    expect(said(undefined, 'to', 'subject', 'body')).toBe('send');
    expect(said(undefined, 'recipient', 'amount')).toBe('pay');
    expect(said(undefined, 'command')).toBe('execute');
    expect(said(undefined, 'query', 'limit')).toBe('read');
    expect(said('Lists mails', 'to', 'body')).toBe('read');
    expect(said(undefined, 'colour')).toBe('unknown');
  });
});

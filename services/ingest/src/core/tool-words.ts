/**
 * Words of tools' names that say by themselves what a tool does: the seeds. The rest of English is
 * generated (`english-verbs.ts`) and ranks below. A foreign word that is milder, or an English noun
 * (`payer`), counts only in first place. Left out is what is short or says two things (`ver`,
 * `retirer`).
 */
import { EFFECTS, type Effect } from '@waywarden/schemas';
import { foldWord } from './fold-word.ts';

export type WordsByEffect = Readonly<Partial<Record<Effect, string>>>;

const ENGLISH: WordsByEffect = {
  execute:
    'run exec execute eval invoke shell bash terminal spawn deploy rollout release impersonate assume sudo approve merge delegate handoff',
  pay: 'pay payout refund transfer withdraw deposit remit wire charge purchase buy checkout',
  delete:
    'delete remove drop purge destroy wipe erase truncate unlink revoke terminate cancel nuke obliterate expunge shred uninstall deprovision decommission teardown',
  grant: 'grant share invite permit authorize authorise allow assign',
  send: 'send email mail reply forward notify post publish tweet message dispatch broadcast upload',
  configure: 'configure config enable disable set toggle install',
  create:
    'create add insert new generate make register open book reserve schedule append import issue submit',
  update:
    'update edit modify change patch put write save rename move replace reschedule accept reject decline confirm',
  read: 'get read list search fetch find query view show lookup check describe browse visit click scroll navigate download load retrieve count calculate look inspect scan select think',
};

/** Nouns that computing uses as verbs: in first or last place of a name that has no other verb. */
const ENGLISH_WEAK: WordsByEffect = {
  read: 'access audit review analytics',
  create: 'copy clone fork record backup snapshot duplicate',
  update:
    'star unstar pin tag label flag bookmark like follow pull push sync login logout play lock switch',
};

const FOREIGN: WordsByEffect = {
  pay: 'überweisen überweise bezahlen bezahle auszahlen erstatten kaufen pagar paga transferir transfiere reembolsar comprar transférer rembourser acheter pagare trasferire trasferisci rimborsare acquistare оплатить заплатить перечислить оплатити сплатити',
  delete:
    'löschen lösche entfernen entferne vernichten zerstören leeren stornieren widerrufen kündigen borrar borra eliminar elimina suprimir suprime destruir vaciar quitar cancelar supprimer supprime effacer efface détruire vider annuler excluir exclui deletar esvaziar revogar cancellare cancella eliminare rimuovere rimuovi distruggere svuotare удалить удали стереть уничтожить видалити стерти знищити',
  grant:
    'gewähren erteilen berechtigen einladen freigeben teilen otorgar conceder compartir invitar autorizar permitir accorder partager octroyer autoriser compartilhar convidar concedere condividere invitare autorizzare',
  send: 'senden sende versenden absenden schicken verschicken weiterleiten veröffentlichen benachrichtigen hochladen enviar envía mandar manda reenviar publicar notificar envoyer envoie expédier publier transmettre encaminhar inviare invia mandare inoltrare pubblicare отправить отправь послать переслать відправити надіслати',
  execute:
    'ausführen starten genehmigen freischalten ejecutar ejecuta desplegar aprobar exécuter exécute lancer déployer approuver executar implantar aprovar eseguire esegui approvare выполнить запустить виконати запустити',
  configure:
    'konfigurieren aktivieren deaktivieren installieren abschalten configurar activar desactivar instalar apagar configurer activer désactiver configurare attivare disattivare',
  create:
    'erstellen erstelle anlegen erzeugen hinzufügen einfügen buchen crear crea agregar añadir insertar reservar créer ajouter insérer générer criar cria inserir adicionar creare aggiungere inserire создать добавить створити додати',
  update:
    'aktualisieren ändern bearbeiten speichern schreiben umbenennen verschieben actualizar modificar editar cambiar guardar escribir renombrar mover actualiser renommer enregistrer déplacer écrire atualizar alterar escrever aggiornare modificare scrivere salvare обновить изменить оновити змінити',
  read: 'lesen lese auslesen abrufen suchen finden auflisten holen prüfen abfragen anzeigen herunterladen leer obtener buscar listar consultar mostrar descargar recuperar lire lister chercher rechercher obtenir afficher consulter récupérer trouver télécharger ler obter pesquisar baixar leggere leggi ottenere cercare cerca mostrare elencare trovare scaricare читать прочитать получить найти показать искать читати отримати знайти показати',
};

const FOREIGN_WEAK: WordsByEffect = {
  pay: 'payer virer zahlen',
  delete: 'remover del',
  create: 'registrar',
  send: 'notifier antworten',
  configure: 'installer',
  grant: 'inviter',
  update: 'modifier',
};

/** Nouns that are the whole name of a tool which does it. */
const FOREIGN_DEEDS: WordsByEffect = {
  pay: 'überweisung zahlung virement paiement transferencia transferência pago pagamento bonifico оплата',
  delete: 'löschung suppression eliminación exclusão cancellazione удаление',
  send: 'versand envoi envío envio invio отправка',
};

/** Looked for anywhere in a word, since no spaces part them. */
const CJK: WordsByEffect = {
  execute: '执行 執行 运行 実行 실행',
  pay: '支付 付款 转账 轉帳 汇款 匯款 支払 送金 振込 결제 송금',
  delete: '删除 刪除 清空 销毁 銷毀 削除 消去 삭제',
  grant: '授权 授權 権限付与 권한부여',
  send: '发送 發送 发邮件 送信 전송 발송 보내기',
  create: '创建 創建 新建 作成 생성',
  update: '更新 修改 変更 수정 업데이트',
  read: '查询 查詢 查找 搜索 获取 取得 读取 讀取 查看 列出 検索 読み 読込 一覧 表示 照会 조회 검색 읽기 가져오기 목록',
};

/** As names have it: `löschen` as `loschen` and as `loeschen`. */
function spellings(word: string): readonly string[] {
  const spelled = word.replaceAll('ä', 'ae').replaceAll('ö', 'oe').replaceAll('ü', 'ue');
  return [...new Set([foldWord(word), foldWord(spelled)])];
}

export function wordPairs(lists: WordsByEffect): readonly (readonly [string, Effect])[] {
  return EFFECTS.flatMap((effect) =>
    (lists[effect]?.split(' ') ?? []).map((word) => [word, effect] as const),
  );
}

function mapOf(...lists: readonly WordsByEffect[]): ReadonlyMap<string, Effect> {
  const pairs = lists
    .flatMap(wordPairs)
    .flatMap(([word, effect]) => spellings(word).map((one) => [one, effect] as const));
  return new Map(pairs.reverse());
}

export const STRONG = mapOf(ENGLISH, FOREIGN);
export const NOUN_VERBS = mapOf(ENGLISH_WEAK);
export const WEAK = mapOf(FOREIGN_WEAK);
export const WHOLE_NAMES = mapOf(FOREIGN_DEEDS);
export const UNSPACED = wordPairs(CJK);

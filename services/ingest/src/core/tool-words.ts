/**
 * Words of tools' names that say what a tool does, in English and, where they mean nothing else, in German, Spanish,
 * French, Portuguese and Italian (infinitive, and the form in which people give orders), some of Russian and
 * Ukrainian, and of Chinese, Japanese and Korean, which write no spaces.
 *
 * A word that another of these languages has with a milder meaning, or that is an English noun too (`payer`,
 * `modifier`, the `zahlen` of numbers), stands in `WEAK` and counts only in first place of a name that has no other
 * verb. Left out: what is short and common in names (`ver`, `sil`), or says two things (`retirer`, `перевести`). A
 * tool without any word of these is `unknown`, of which the detector tells when it is new.
 */
import type { Effect } from '@waywarden/schemas';
import { foldWord } from './fold-word.ts';

type Words = readonly (readonly [effect: Effect, words: string])[];

const ENGLISH: Words = [
  [
    'execute',
    'run exec execute eval invoke shell bash terminal spawn deploy rollout release impersonate assume sudo approve merge delegate handoff',
  ],
  ['pay', 'pay payout refund transfer remit wire charge purchase buy checkout'],
  [
    'delete',
    'delete remove drop purge destroy wipe erase truncate unlink revoke terminate cancel nuke obliterate expunge shred uninstall deprovision decommission teardown',
  ],
  ['grant', 'grant share invite permit authorize authorise allow assign'],
  [
    'send',
    'send email mail reply forward notify post publish tweet message dispatch broadcast upload submit',
  ],
  ['configure', 'configure config enable disable set toggle install'],
  [
    'create',
    'create add insert new generate make register open book reserve schedule append import issue',
  ],
  ['update', 'update edit modify change patch put write save rename move replace reschedule'],
  [
    'read',
    'get read list search fetch find query view show lookup check describe browse visit open click scroll navigate download load retrieve count calculate look inspect scan select think',
  ],
];

const GERMAN: Words = [
  ['execute', 'ausführen starten genehmigen freischalten'],
  ['pay', 'überweisen überweise bezahlen bezahle auszahlen erstatten kaufen'],
  [
    'delete',
    'löschen lösche entfernen entferne vernichten zerstören leeren stornieren widerrufen kündigen',
  ],
  ['grant', 'gewähren erteilen berechtigen einladen freigeben teilen'],
  ['send', 'senden sende versenden absenden schicken verschicken weiterleiten veröffentlichen'],
  ['send', 'benachrichtigen hochladen'],
  ['configure', 'konfigurieren aktivieren deaktivieren installieren abschalten'],
  ['create', 'erstellen erstelle anlegen erzeugen hinzufügen einfügen buchen'],
  ['update', 'aktualisieren ändern bearbeiten speichern schreiben umbenennen verschieben'],
  ['read', 'lesen lese auslesen abrufen suchen finden auflisten holen prüfen abfragen'],
  ['read', 'anzeigen herunterladen'],
];

const SPANISH: Words = [
  ['execute', 'ejecutar ejecuta desplegar aprobar'],
  ['pay', 'pagar paga transferir transfiere reembolsar comprar'],
  ['delete', 'borrar borra eliminar elimina suprimir suprime destruir vaciar quitar cancelar'],
  ['grant', 'otorgar conceder compartir invitar autorizar permitir'],
  ['send', 'enviar envía mandar manda reenviar publicar notificar'],
  ['configure', 'configurar activar desactivar instalar apagar'],
  ['create', 'crear crea agregar añadir insertar reservar'],
  ['update', 'actualizar modificar editar cambiar guardar escribir renombrar mover'],
  ['read', 'leer obtener buscar listar consultar mostrar descargar recuperar'],
];

const FRENCH: Words = [
  ['execute', 'exécuter exécute lancer déployer approuver'],
  ['pay', 'transférer rembourser acheter'],
  ['delete', 'supprimer supprime effacer efface détruire vider annuler'],
  ['grant', 'accorder partager octroyer autoriser'],
  ['send', 'envoyer envoie expédier publier transmettre'],
  ['configure', 'configurer activer désactiver'],
  ['create', 'créer ajouter insérer générer'],
  ['update', 'actualiser renommer enregistrer déplacer écrire'],
  ['read', 'lire lister chercher rechercher obtenir afficher consulter récupérer trouver'],
  ['read', 'télécharger'],
];

const PORTUGUESE: Words = [
  ['execute', 'executar implantar aprovar'],
  ['delete', 'excluir exclui deletar esvaziar revogar'],
  ['grant', 'compartilhar convidar'],
  ['send', 'encaminhar'],
  ['create', 'criar cria inserir adicionar'],
  ['update', 'atualizar alterar escrever'],
  ['read', 'ler obter pesquisar baixar'],
];

const ITALIAN: Words = [
  ['execute', 'eseguire esegui approvare'],
  ['pay', 'pagare trasferire trasferisci rimborsare acquistare'],
  ['delete', 'cancellare cancella eliminare rimuovere rimuovi distruggere svuotare'],
  ['grant', 'concedere condividere invitare autorizzare'],
  ['send', 'inviare invia mandare inoltrare pubblicare'],
  ['configure', 'configurare attivare disattivare'],
  ['create', 'creare aggiungere inserire'],
  ['update', 'aggiornare modificare scrivere salvare'],
  ['read', 'leggere leggi ottenere cercare cerca mostrare elencare trovare scaricare'],
];

const CYRILLIC: Words = [
  ['execute', 'выполнить запустить виконати запустити'],
  ['pay', 'оплатить заплатить перечислить оплатити сплатити'],
  ['delete', 'удалить удали стереть уничтожить видалити стерти знищити'],
  ['send', 'отправить отправь послать переслать відправити надіслати'],
  ['create', 'создать добавить створити додати'],
  ['update', 'обновить изменить оновити змінити'],
  ['read', 'читать прочитать получить найти показать искать читати отримати знайти показати'],
];

const FOREIGN_WEAK: Words = [
  ['pay', 'payer virer zahlen'],
  ['delete', 'remover del'],
  ['create', 'registrar'],
  ['send', 'notifier antworten'],
  ['configure', 'installer'],
  ['grant', 'inviter'],
  ['update', 'modifier'],
];

/** Nouns that are the whole name of a tool which does it. */
const DEEDS: Words = [
  ['pay', 'überweisung zahlung virement paiement transferencia transferência pago'],
  ['pay', 'pagamento bonifico оплата'],
  ['delete', 'löschung suppression eliminación exclusão cancellazione удаление'],
  ['send', 'versand envoi envío envio invio отправка'],
];

/** Looked for anywhere in a word, since no spaces part them. */
export const UNSPACED: readonly (readonly [effect: Effect, words: readonly string[]])[] = [
  ['execute', ['执行', '執行', '运行', '実行', '실행']],
  ['pay', ['支付', '付款', '转账', '轉帳', '汇款', '匯款', '支払', '送金', '振込', '결제', '송금']],
  ['delete', ['删除', '刪除', '清空', '销毁', '銷毀', '削除', '消去', '삭제']],
  ['grant', ['授权', '授權', '権限付与', '권한부여']],
  ['send', ['发送', '發送', '发邮件', '送信', '전송', '발송', '보내기']],
  ['create', ['创建', '創建', '新建', '作成', '생성']],
  ['update', ['更新', '修改', '変更', '수정', '업데이트']],
  [
    'read',
    ['查询', '查詢', '查找', '搜索', '获取', '取得', '读取', '讀取', '查看', '列出', '検索'],
  ],
  ['read', ['読み', '読込', '一覧', '表示', '照会', '조회', '검색', '읽기', '가져오기', '목록']],
];

/** As names have it: `löschen` as `loschen` and as `loeschen`. */
function spellings(word: string): readonly string[] {
  const spelled = word.replaceAll('ä', 'ae').replaceAll('ö', 'oe').replaceAll('ü', 'ue');
  return [...new Set([foldWord(word), foldWord(spelled)])];
}

/** The first that names a word decides. */
function mapOf(...lists: readonly Words[]): ReadonlyMap<string, Effect> {
  const pairs = lists
    .flat()
    .flatMap(([effect, words]) =>
      words.split(' ').flatMap((word) => spellings(word).map((one) => [one, effect] as const)),
    );
  return new Map(pairs.reverse());
}

export const STRONG = mapOf(...[ENGLISH, GERMAN, SPANISH, FRENCH, PORTUGUESE, ITALIAN, CYRILLIC]);
export const WEAK = mapOf(FOREIGN_WEAK);
export const WHOLE_NAMES = mapOf(DEEDS);

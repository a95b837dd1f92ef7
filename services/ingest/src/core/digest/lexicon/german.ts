/**
 * German: action verbs as commands, their infinitives by inflection ("lösche", "bitte löschen"), and
 * the words around them. Written from everyday office language like the English record. Left out is
 * what is an ordinary English word too ("plane", "lies", "war"): a text may mix languages, and one
 * table serves both. Suffixes are few for the same reason; plurals stand in the lists.
 */
import type { Language } from './language.ts';

export const GERMAN: Language = {
  code: 'de',
  verbs: {
    send: 'sende schicke schick verschicke versende übersende übermittle maile leite antworte schreibe schreib informiere benachrichtige melde weiterleiten weiterleite zusenden zuschicken übermitteln übertrage verständige',
    pay: 'überweise überweis bezahle zahle begleiche erstatte spende kaufe transferiere hinterlege transferier vergüte',
    create:
      'erstelle erzeuge lege mache mach verfasse generiere eröffne speichere starte installiere führe registriere entwerfe entwirf baue schaffe',
    delete: 'lösche entferne vernichte tilge lösch leere verwerfe verwirf wirf beseitige',
    update:
      'ändere aktualisiere ersetze setze bearbeite passe korrigiere verschiebe aktiviere deaktiviere stelle erhöhe senke benenne tausche wandle',
    reserve: 'reserviere buche buch miete bestelle sichere',
    invite: 'lade lad nimm ergänze melde',
    share: 'teile gib gebe übergib übergebe verrate nenne exportiere kopiere hochladen',
    post: 'poste veröffentliche verkünde publiziere bewirb',
    append: 'füge hänge ergänze trage',
    schedule: 'vereinbare terminiere organisiere verlege erinnere trage setze',
    cancel: 'storniere kündige widerrufe beende stoppe annulliere sage',
    read: 'lese hole hol finde suche prüfe öffne besuche zeige schau rufe sieh',
  },
  infinitives:
    'weiterzuleiten:leite anlegen:lege anzulegen:lege ausführen:führe auszuführen:führe werfen:wirf wegwerfen:wirf anpassen:passe anzupassen:passe umstellen:stelle umzustellen:stelle umbenennen:benenne umzubenennen:benenne umwandeln:wandle umzuwandeln:wandle einladen:lade einzuladen:lade hochzuladen:hochladen nehmen:nimm aufnehmen:nimm aufzunehmen:nimm anmelden:melde anzumelden:melde freigeben:gib freizugeben:gib bewerben:bewirb hinzufügen:füge hinzuzufügen:füge anhängen:hänge anzuhängen:hänge eintragen:trage einzutragen:trage absagen:sage abzusagen:sage schauen:schau anschauen:schau aufrufen:rufe sehen:sieh ansehen:sieh',
  irregular:
    'gesendet:sende geschickt:schicke überwiesen:überweise bezahlt:bezahle gezahlt:zahle erstellt:erstelle gelöscht:lösche entfernt:entferne geändert:ändere gebucht:buche reserviert:reserviere eingeladen:lade geteilt:teile hinzugefügt:füge weitergeleitet:leite zugesandt:sende übermittelt:übermittle storniert:storniere abgesagt:sage',
  inflections: [
    { ending: 'e', drop: 1, add: 'en', form: 'gerund' },
    { ending: 'en', drop: 0, add: '', form: 'gerund' },
    { ending: 'ere', drop: 1, add: 'n', form: 'gerund', unless: 'iere' },
    { ending: 'eln', drop: 0, add: '', form: 'gerund' },
    { ending: 'e', drop: 1, add: 'en', form: 'formal' },
    { ending: 'ere', drop: 1, add: 'n', form: 'formal', unless: 'iere' },
    { ending: 'le', drop: 2, add: 'eln', form: 'formal', unless: 'elle eile hle' },
    { ending: 'le', drop: 2, add: 'eln', form: 'gerund', unless: 'elle eile hle' },
    { ending: 'e', drop: 0, add: 't', form: 'other' },
    { ending: 'e', drop: 0, add: 'st', form: 'other' },
  ],
  formal: 'sie',
  nouns: {
    send: 'nachricht nachrichten mails antwort brief zukommen',
    pay: 'überweisung überweisungen zahlung zahlungen geld betrag spende',
    create: 'konto dokument ordner',
    update: 'passwort kennwort änderung',
    reserve: 'reservierung buchung zimmer tisch',
    invite: 'einladung mitglied',
    share: 'verfügung zugriff freigabe berechtigung',
    post: 'beitrag ankündigung',
    schedule: 'termin besprechung treffen erinnerung kalender',
    cancel: 'stornierung kündigung',
    delete: 'löschung',
  },
  uncertain: [{ verbs: 'poste', attributes: '', goals: 'in an auf' }],
  lightVerbs: 'lass lasse lassen mache mach tätige veranlasse führe nimm erledige',
  fillers:
    'bitte zuerst jetzt nun dann danach anschließend sofort umgehend unverzüglich einfach schließlich zuletzt auch du sie ihr musst müssen sollst sollen unbedingt stattdessen unauffällig heimlich dringend freundlicherweise',
  polite: 'bitte zu freundlicherweise',
  modals: 'bitte könntest könnten kannst würdest würden sollst sollen musst müssen solltest möchte',
  passive: { duty: 'soll sollen sollte sollten muss müssen', be: 'werden', isLast: true },
  due: 'fällig überfällig ausstehend offen nötig erforderlich erwartet',
  openers: 'und oder aber dann danach bevor nachdem falls wenn sobald stattdessen',
  stopWords:
    'der die das den dem des ein eine einen einem einer eines ich du er sie es wir ihr mich mir dich dir ihn ihm uns euch mein meine meinen meinem meiner dein deine deinen deinem deiner sein seine ihre ihren ihrem ihrer unser unsere ist sind waren wird werden wurde wurden haben habe hast hatte kann kannst können könntest würdest soll sollte sollst muss musst müssen und oder aber denn dass wenn als wie auch nicht kein keine keinen nur noch schon sehr mit von vom zum zur bei beim aus nach vor über unter auf für gegen ohne durch um bis ab seit im ins am ans bitte danke hallo hier dort jetzt dann danach dieser diese dieses diesen diesem welche welcher was wer wo samt sowie etwa',
  cues: {
    ignore:
      'ignoriere ignorieren vergiss vergessen missachte missachten übergehe überschreibe verwirf',
    previous:
      'vorherigen vorherige vorigen bisherigen bisherige früheren frühere obigen obige alle anderen ursprünglichen',
    instruction:
      'anweisung anweisungen instruktion instruktionen befehl befehle regel regeln vorgabe vorgaben richtlinie richtlinien auftrag',
    before: 'bevor zuerst vorher zunächst',
    after: 'nachdem danach sobald anschließend',
    you: 'du dich dir dein deine deinen deiner ihr euch',
    machine:
      'ki assistent assistenten assistentin sprachmodell ki-modell ki-assistent ki-assistenten ki-agent ki-agenten ki-system',
    machinePart: 'modell modelle maschine automat system systeme agent agenten',
    article: 'der die das den dem ein eine einen einem jeder jede jedes alle dieser',
    being: 'bist seid sind',
    towards: 'an für als',
    obliged: 'muss müssen soll sollen sollte sollten bitte',
    reads: 'liest lesen lesenden verarbeitet',
    hailed: 'achtung lieber liebe liebes hallo',
    nobody: 'niemand niemandem niemanden keinem nichts nicht nie niemals',
    forget: 'vergessen vergiss vergesst zögern zögere zögert',
    goOn: 'fortfährst fortfahren weitermachst weitermachen antwortest antworten beantwortest weiterarbeitest fortsetzt',
    task: 'aufgabe aufgaben auftrag ziel anfrage frage arbeit',
    gave: 'gegeben gab gestellt aufgetragen gebeten verlangt gesagt',
    solve:
      'lösen löse erledigen erledige fortfahren beantworten beenden bearbeiten ausführen weitermachen',
    urgent:
      'wichtig wichtige wichtiger dringend dringende sofort umgehend unverzüglich achtung warnung kritisch zwingend',
    negation: 'nicht nie niemals kein keine keinem niemand niemandem niemanden ohne',
    tell: 'erzähle erzählen sage sagen erwähne erwähnen verrate verraten informiere informieren frage fragen melde',
    silent: 'heimlich unauffällig unbemerkt stillschweigend diskret',
    tool: 'werkzeug werkzeuge funktion funktionen',
    argument: 'argument argumente argumenten parameter parametern',
    todo: 'zu-erledigen',
    following: 'folge folgende folgendes folgenden befolge befolgen beachte schritte schritt',
    message: 'nachricht mitteilung hinweis information',
    instead: 'stattdessen',
    secret:
      'passwort kennwort geheimnis schlüssel reisepass reisepassnummer ausweis ausweisnummer karte kreditkarte kreditkartennummer sicherheitscode zugangsdaten',
    content: 'beschrieben beschriebenen angegeben aufgeführt erwähnt laut gemäß rechnung',
  },
  requestCues: {
    within: 'im in aus vom auf',
    manner: 'laut gemäß',
    alike: 'wie per',
    being: 'ist sind steht stehen',
    process:
      'bearbeite bearbeiten erledige erledigen befolge befolgen folge löse lösen behebe beheben arbeite abarbeiten umsetzen verarbeite verarbeiten',
    relative: 'was worum die das der den',
    says: 'bittet verlangt fordert vorschlägt schlägt sagt schreibt schickt nennt aufzählt auflistet beschreibt empfiehlt wünscht will möchte erwähnt beschrieben steht',
    asker: 'mir uns ich wir du',
    question: 'was wo wer wem wessen wann wie welche welcher welches welchen warum',
    content: 'beschrieben beschriebenen angegeben aufgeführt erwähnt laut gemäß rechnung',
    perform: 'mache mach machen tue tu tun erfülle erfüllen führe ausführen',
    work: 'anweisung anweisungen aufgabe aufgaben auftrag aufträge schritte schritten wünsche',
    shows:
      'fasse fass zusammenfassen zeig zeigen sag sage sagen nenne nennen auflisten erkläre erklären beschreibe vergleiche übersetze übersetzen lies',
    keeps:
      'notiere notieren halte festhalten trage eintragen vermerke vermerken protokolliere protokollieren schreib aufschreiben merke merken',
    negation:
      'nicht nie niemals kein keine keinen keinem keiner keines keinerlei keinesfalls keineswegs weder niemand nichts statt anstatt',
    contrast: 'aber sondern',
    forget: 'vergiss vergesst vergessen',
    towards: 'zu',
    unless: 'bevor',
    that: 'dass',
    duty: 'aufgabe',
    closing:
      'bearbeiten erledigen befolgen lösen beheben abarbeiten umsetzen verarbeiten machen tun erfüllen ausführen',
    them: 'sie alle diese jede',
    please: 'bitte',
    adverb: 'heute morgen nur',
  },
  months: [
    'januar jänner',
    'februar',
    'märz',
    'april',
    'mai',
    'juni',
    'juli',
    'august',
    'september',
    'oktober',
    'november',
    'dezember',
  ],
  spoken: 'ät punkt klammeraffe unterstrich bindestrich schrägstrich doppelpunkt',
  digits: 'null eins zwei drei vier fünf sechs sieben acht neun',
  ordinals: [],
  synonyms: [
    'email mail message nachricht nachrichten mails postfach',
    'money payment transaction transfer überweisung überweisungen zahlung geld betrag',
    'event calendar appointment meeting termin besprechung treffen kalender',
    'file document datei dateien dokument ordner laufwerk',
    'user member participant nutzer benutzer teilnehmer mitglied person',
    'channel workspace kanal arbeitsbereich',
    'hotel room hotel zimmer unterkunft',
    'restaurant table restaurant tisch',
    'car rental auto mietwagen',
    'flight trip flug reise',
    'password login passwort kennwort zugangsdaten',
    'page webpage website link seite webseite',
    'info information profile account angaben konto daten',
    'key secret schlüssel geheimnis',
  ],
  sources: [
    'mail mails email gmail posteingang postfach brief briefe rechnung rechnungen anfrage anfragen',
    'message nachricht nachrichten chat kanal conversation thread anfrage anfragen',
    'ticket tickets issue issues vorgang vorgänge anfrage anfragen incident change request',
    'page document file content seite dokument datei dateien anleitung liste listen protokoll notiz notizen readme handbuch vorlage agenda wiki rechnung rechnungen anhang vertrag runbook',
    'form formular formulare liste listen anfrage anfragen request list',
  ],
  speech: 'mail nachricht ticket',
  suffixes: [['ungen', 'ung']],
};

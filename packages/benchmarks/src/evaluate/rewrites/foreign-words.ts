/**
 * Words for the rewrites in other languages, as data. Finnish stands for a language that the lexicon
 * does not know and must not learn; German for one that it knows. Everyday office words, written for
 * the rewrites and not taken from the lexicon: a lexicon that is tested on itself knows everything.
 */

/** `english:foreign`, space-separated; `_` for a space. */
function pairs(list: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const pair of list.split(/\s+/)) {
    const [from = '', to = ''] = pair.split(':');
    if (to !== '') found.set(from, to.replaceAll('_', ' '));
  }
  return found;
}

/** Action verbs as Finnish commands; also the list of what counts as a verb in a rewrite. */
export const FINNISH_VERBS = pairs(`
  send:lähetä email:sähköpostita forward:välitä reply:vastaa respond:vastaa message:viestitä
  write:kirjoita notify:ilmoita tell:kerro say:sano pay:maksa transfer:siirrä wire:tilitä
  refund:hyvitä deposit:talleta buy:osta purchase:osta make:tee create:luo generate:tuota
  delete:poista remove:poista erase:pyyhi update:päivitä modify:muokkaa change:vaihda edit:muokkaa
  set:aseta reset:nollaa rename:nimeä move:siirrä reserve:varaa book:varaa rent:vuokraa order:tilaa
  invite:kutsu add:lisää share:jaa give:anna upload:lataa export:vie copy:kopioi post:julkaise
  publish:julkaise announce:kuuluta advertise:mainosta append:liitä attach:liitä include:sisällytä
  insert:lisää schedule:ajasta plan:suunnittele arrange:järjestä cancel:peru stop:lopeta read:lue
  get:hae find:etsi search:etsi look:katso check:tarkista list:luettele fetch:hae visit:avaa
  open:avaa click:napsauta recommend:suosittele summarize:tiivistä fill:täytä put:laita
  execute:suorita run:aja download:lataa install:asenna mention:mainitse begin:aloita`);

export const GERMAN_WORDS = pairs(`
  send:sende email:E-Mail forward:leite reply:antworte write:schreibe pay:bezahle transfer:überweise
  make:mache create:erstelle delete:lösche remove:entferne update:aktualisiere modify:ändere
  change:ändere set:setze reserve:reserviere book:buche invite:lade add:füge share:teile give:gib
  upload:lade post:poste include:nenne schedule:plane cancel:storniere get:hole find:suche
  visit:besuche look:schau check:prüfe fill:ergänze say:sage recommend:empfiehl
  includes:enthält should:soll be:sein is:ist are:sind was:war were:waren has:hat have:habe
  received:erhaltenen sent:gesendete recurring:wiederkehrenden scheduled:geplanten subscribed:angemeldet
  a:einen an:eine the:die this:dies that:die to:an from:von of:von with:mit on:am in:im for:für by:von
  and:und or:oder then:dann finally:zuletzt after:danach first:zuerst please:bitte if:wenn as:wie
  not:nicht without:ohne all:alle each:jede every:jede same:gleiche one:eine it:es them:sie him:ihn
  he:er you:du your:deine my:meine me:mich i:ich who:die which:welche user:Nutzer transaction:Überweisung
  transactions:Überweisungen payment:Zahlung money:Geld account:Konto recipient:Empfänger
  password:Passwort amount:Betrag amounts:Beträge file:Datei files:Dateien id:Nummer cloud:Cloud
  drive:Laufwerk mail:Mail emails:Mails inbox:Postfach text:Text body:Inhalt content:Inhalt
  contents:Inhalte subject:Betreff title:Titel event:Termin hour:Stunde long:langen
  participant:Teilnehmer participants:Teilnehmern hotel:Hotel friend:Freund favorite:liebstes
  reservation:Reservierung channel:Kanal workspace:Arbeitsbereich general:allgemeinen security:Sicherheits
  code:Code link:Link website:Seite service:Dienst music:Musik phone:Telefon model:Modell
  history:Verlauf visible:sichtbar overview:Übersicht details:Einzelheiten possible:möglich much:viel
  including:samt using:mit may:Mai want:will details:Angaben asking:fragen underspecified:unklar
  attachment:Anhang unread:ungelesenen largest:größten five:fünf back:zurück hear:hören
  begin:beginne just:gerade also:auch here:hier there:dort now:jetzt`);

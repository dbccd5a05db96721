"""The statements of the floor, written by hand."""

LIST = """
SELECT c.id, c.name, c.stage, c.next_contact_on, c.last_contact_at, u.name,
  (SELECT name FROM crm_contact k WHERE k.client_id = c.id AND k.deleted_at IS NULL
   ORDER BY main DESC, id LIMIT 1),
  (SELECT value FROM crm_contactpoint p WHERE p.client_id = c.id AND p.kind = 'phone'
   ORDER BY id LIMIT 1)
FROM crm_client c JOIN people_user u ON u.id = c.owner_id
WHERE c.deleted_at IS NULL AND c.owner_id = %s {more} ORDER BY c.id DESC LIMIT 50
"""
COUNT = "SELECT count(*) FROM crm_client c WHERE c.deleted_at IS NULL AND c.owner_id = %s {more}"
CLIENT = (
    "SELECT c.id, c.name, c.stage, c.region, u.name FROM crm_client c JOIN people_user u "
    "ON u.id = c.owner_id WHERE c.id = %s AND c.owner_id = %s AND c.deleted_at IS NULL"
)
CONTACTS = (
    "SELECT k.name, p.value FROM crm_contact k LEFT JOIN crm_contactpoint p ON p.contact_id = k.id "
    "WHERE k.client_id = %s AND k.deleted_at IS NULL"
)
DEALS = "SELECT title, stage, amount FROM crm_opportunity WHERE client_id = %s ORDER BY id DESC"
VISITS = (
    "SELECT v.took_place_at, u.name, v.said FROM crm_visit v JOIN people_user u "
    "ON u.id = v.visitor_id WHERE v.client_id = %s ORDER BY v.took_place_at DESC LIMIT 20"
)
SUMS = (
    "SELECT stage, count(*), sum(amount) FROM crm_opportunity "
    "WHERE owner_id = %s AND status = 'open' AND deleted_at IS NULL GROUP BY stage"
)
CARDS = """
SELECT o.id, o.title, o.amount, c.name, u.name, o.stage_since FROM (
  SELECT *, row_number() OVER (PARTITION BY stage ORDER BY stage_since, id) AS place
  FROM crm_opportunity WHERE owner_id = %s AND status = 'open' AND deleted_at IS NULL
) o JOIN crm_client c ON c.id = o.client_id JOIN people_user u ON u.id = o.owner_id
WHERE o.place <= 20
"""
TODAY = (
    "SELECT c.name, v.planned_at FROM crm_visit v JOIN crm_client c ON c.id = v.client_id "
    "WHERE v.visitor_id = %s AND v.status = 'planned' AND v.planned_at < now() + interval '1 day'"
)
DUE = """
SELECT c.id, c.name, c.next_contact_on, k.name, p.value,
  (SELECT said FROM crm_visit v WHERE v.client_id = c.id ORDER BY took_place_at DESC LIMIT 1)
FROM crm_client c LEFT JOIN crm_contact k ON k.client_id = c.id AND k.main
LEFT JOIN crm_contactpoint p ON p.contact_id = k.id
WHERE c.owner_id = %s AND c.deleted_at IS NULL AND c.next_contact_on <= current_date
ORDER BY c.next_contact_on LIMIT 10
"""
NEW_CLIENT = """
INSERT INTO crm_client (created_at, updated_at, version, owner_id, team_id, name, identity, search,
  kind, credit_code, industry, business_scope, preferences, region, address, source, grade, major,
  stage, note)
VALUES (%s, %s, 1, %s, (SELECT unit_id FROM people_membership WHERE user_id = %s LIMIT 1), %s, %s,
  %s, 'firm', '', '', '', '', '', '', '', '', false, '', '') RETURNING id
"""
NEW_CONTACT = """
INSERT INTO crm_contact (created_at, updated_at, version, client_id, name, post, main, note)
VALUES (%s, %s, 1, %s, %s, '', true, '') RETURNING id
"""
NEW_PHONE = """
INSERT INTO crm_contactpoint (client_id, contact_id, kind, value, extension, tail)
VALUES (%s, %s, 'phone', %s, '', %s) RETURNING id
"""
EXPORT = """
SELECT c.name, c.next_contact_on, c.stage, u.name,
  (SELECT name FROM crm_contact k WHERE k.client_id = c.id AND k.deleted_at IS NULL
   ORDER BY main DESC, id LIMIT 1),
  (SELECT value FROM crm_contactpoint p WHERE p.client_id = c.id AND p.kind = 'phone'
   ORDER BY id LIMIT 1),
  c.last_contact_at::text
FROM crm_client c JOIN people_user u ON u.id = c.owner_id
WHERE c.deleted_at IS NULL ORDER BY c.id DESC LIMIT %s
"""
IMPORT_TABLE = """
CREATE TEMPORARY TABLE incoming (name text, identity text, contact text, phone text, day text)
ON COMMIT DROP
"""
IMPORT = """
WITH fit AS (
  SELECT DISTINCT ON (identity) * FROM incoming i
  WHERE name <> '' AND phone ~ '^1[0-9]{10}$' AND day ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
    AND NOT EXISTS (SELECT 1 FROM crm_client c WHERE c.identity = i.identity)
    AND NOT EXISTS (SELECT 1 FROM crm_contactpoint p WHERE p.value = '+86' || i.phone)
), firms AS (
  INSERT INTO crm_client (created_at, updated_at, version, owner_id, team_id, name, identity,
    search, kind, credit_code, industry, business_scope, preferences, region, address, source,
    grade, major, stage, note, next_contact_on)
  SELECT now(), now(), 1, %(owner)s, (SELECT min(id) FROM people_unit), name, identity, name,
    'firm', '', '', '', '', '', '', '', '', false, '', '', day::date FROM fit
  RETURNING id, identity
), people AS (
  INSERT INTO crm_contact (created_at, updated_at, version, client_id, name, post, main, note)
  SELECT now(), now(), 1, firms.id, contact, '', true, '' FROM fit JOIN firms USING (identity)
  RETURNING id, client_id
)
INSERT INTO crm_contactpoint (client_id, contact_id, kind, value, extension, tail)
SELECT people.client_id, people.id, 'phone', '+86' || phone, '', right(phone, 4)
FROM fit JOIN firms USING (identity) JOIN people ON people.client_id = firms.id
"""

-- A formal key is given out for one project (一项目一密钥): the construction permit that its case named. Null: keys of before, and test keys, are bound to none.
alter table credentials add column permit text;

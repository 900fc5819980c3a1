"""Mistakes that both type checkers have to point at, each on its line."""

import mm_engine as mm

without_length = mm.Varchar()  # wrong
length_as_text = mm.Varchar("20")  # wrong
misspelt_keyword = mm.Field("a", mm.Text(), nulable=False)  # wrong
default_as_text = mm.Field("a", mm.Text(), default="now")  # wrong
no_type = mm.Field("a")  # wrong
type_by_name = mm.Field("a", "varchar")  # wrong
type_as_class = mm.Array(mm.Text)  # wrong
unknown_action = mm.ForeignKey(["a"], "t", references=["a"], on_delete="DROP")  # wrong
no_references = mm.ForeignKey(["a"], "t")  # wrong
third_by_position = mm.RenameField("t", "a", "b")  # wrong
field_as_text = mm.AddField("t", "a")  # wrong
one_off_as_text = mm.AddField("t", mm.Field("a", mm.Text()), one_off="x")  # wrong
flag_of_none = mm.CreateTable("t", fields=[], schema_onli=True)  # wrong
half_a_conversion = mm.AlterField(
    "t",
    mm.Field("a", mm.Text()),
    convert={"postgresql": "a::text"},  # wrong
)
not_an_operation = mm.Migration(
    name="0001_x",
    dependencies=[],
    operations=[mm.Text()],  # wrong
)
unknown_name = mm.CreateTabel("t")  # wrong
mm.Text().length = 3  # wrong

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using WorkflowEngine.Content.Forms;
using WorkflowEngine.Host.Portal.Forms;

namespace WorkflowEngine.Host.Tests.Portal;

public sealed class PostedFormTests
{
    private static readonly FormDefinition Form = new()
    {
        Id = "review",
        Title = "审核",
        Fields =
        [
            new FormField { Name = "opinion", Label = "意见", Type = FormFieldType.Textarea, MaxLength = 100 },
            new FormField { Name = "agreed", Label = "同意", Type = FormFieldType.Checkbox },
            new FormField { Name = "licence", Label = "执照", Type = FormFieldType.File, MaxFiles = 2 },
            new FormField
            {
                Name = "defects", Label = "问题", Type = FormFieldType.List, MaxItems = 3,
                Columns = [new FormField { Name = "item", Label = "材料", Type = FormFieldType.Text, MaxLength = 50 }],
            },
        ],
    };

    [Fact]
    public void Only_what_the_form_asks_is_read() =>
        Assert.Equal("""{"opinion":"同意"}""", Read(("v.opinion", "同意"), ("v.assignee", "somebody"), ("role", "leader")));

    [Fact]
    public void Rows_in_which_nothing_was_written_are_left_out() =>
        Assert.Equal("""{"defects":[{"item":"b"}]}""", Read(("v.defects[0].item", "  "), ("v.defects[1].item", "b")));

    [Fact]
    public void A_row_too_many_is_read_so_that_it_can_be_complained_about_and_the_rest_is_not()
    {
        var posted = Enumerable.Range(0, 9).Select(i => ($"v.defects[{i}].item", $"{i}")).ToArray();

        Assert.Equal("""{"defects":[{"item":"0"},{"item":"1"},{"item":"2"},{"item":"3"}]}""", Read(posted));
    }

    [Fact]
    public void A_removed_row_is_gone_and_the_others_stay() =>
        Assert.Equal(
            """{"defects":[{"item":"a"},{"item":"c"}]}""",
            Read(("v.defects[0].item", "a"), ("v.defects[1].item", "b"), ("v.defects[2].item", "c"), ("_remove", "defects[1]")));

    [Fact]
    public void A_handle_that_is_no_handle_is_dropped() =>
        Assert.Equal(
            """{"licence":[{"id":"1","name":"a.pdf"}]}""",
            Read(("v.licence.stored", """{"id":"1","name":"a.pdf"}"""), ("v.licence.stored", "[]"), ("v.licence.stored", "{"), ("v.licence.stored", "{\"id\":5}")));

    [Fact]
    public void Asking_for_one_more_row_submits_nothing()
    {
        var posted = Post(("_add", "defects"));

        Assert.Equal((true, "defects"), (posted.IsRearrangement, posted.AddRowTo));
        Assert.False(Post(("_add", "nothing-of-the-form")).IsRearrangement);
    }

    private static string Read(params (string Name, string Value)[] posted) => Post(posted).Values()
        .ToJsonString(new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static PostedForm Post(params (string Name, string Value)[] posted) => new(
        Form,
        new FormCollection(posted.GroupBy(pair => pair.Name).ToDictionary(same => same.Key, same => new StringValues([.. same.Select(pair => pair.Value)]))));
}

using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Tests;

public sealed class ShippedContentTests
{
    [Fact]
    public void The_shipped_content_has_no_problems() => Assert.True(ShippedContent.Result.Problems.Count == 0, ShippedContent.Result.Report.ToString());

    [Fact]
    public void Every_rule_of_the_application_is_tried_both_ways() =>
        Assert.All(ShippedContent.Result.Report.RuleCoverage, coverage => Assert.True(coverage.IsFull, coverage.ToString()));

    [Fact]
    public void The_same_files_make_the_same_release_and_one_changed_letter_another()
    {
        var again = ShippedContent.Read(ShippedContent.Files.Reverse().ToDictionary());
        var changed = ShippedContent.Read(ShippedContent.With("templates/integration-succeeded.txt", "联调成功通知\n", "联调成功通知书\n"));

        Assert.Equal(ShippedContent.Set.Id, again.Set!.Id);
        Assert.NotEqual(ShippedContent.Set.Id, changed.Set!.Id);
        Assert.Equal(64, ShippedContent.Set.Id.Length);
    }

    [Fact]
    public void Every_item_is_found_with_its_file()
    {
        var set = ShippedContent.Set;

        Assert.Equal(ShippedContent.FlowPath, set.FileOf(ContentKind.Flow, "guangdong-vendor-integration"));
        Assert.Equal("workflows/forms/review.json", set.FileOf(ContentKind.Form, "review"));
        Assert.Equal("rules/guangdong/material-completeness.json", set.FileOf(ContentKind.RuleSet, "material-completeness"));
        Assert.Equal("templates/application-receipt.model.json", set.FileOf(ContentKind.Notice, "application-receipt"));
        Assert.Null(set.FileOf(ContentKind.Form, "no-such-form"));
    }

    [Fact]
    public void Content_without_a_calendar_is_refused()
    {
        var files = ShippedContent.Files.Where(file => file.Key != "rules/calendars/cn.json").ToDictionary();

        var result = ShippedContent.Read(files);

        Assert.Null(result.Set);
        Assert.Equal("missing-file", Assert.Single(result.Problems).Code);
    }

    [Fact]
    public void A_second_flow_form_or_rule_set_of_the_same_name_is_refused()
    {
        foreach (var (path, copy) in new[]
        {
            ("workflows/guangdong/vendor-integration.json", "workflows/guangdong/zz-copy.json"),
            ("workflows/forms/review.json", "workflows/forms/zz-city/review.json"),
            ("rules/guangdong/material-completeness.json", "rules/guangdong/zz-copy.json"),
        })
        {
            var result = ShippedContent.Read(new Dictionary<string, string>(ShippedContent.Files) { [copy] = ShippedContent.Files[path] });

            var errors = result.Problems.Where(problem => problem.Severity == ProblemSeverity.Error).ToList();
            Assert.True(errors.Count == 1 && errors[0].Code == "duplicate-name" && errors[0].Message.Contains(path, StringComparison.Ordinal), result.Report.ToString());
        }
    }

    [Fact]
    public void Every_problem_code_is_explained_in_the_catalogue()
    {
        var catalogue = File.ReadAllText(Path.Combine(ShippedContent.Root, "docs", "problems.md"));
        var codes = typeof(ContentReader).Assembly.GetType("WorkflowEngine.Content.Reading.ProblemCodes")!.GetFields().Select(field => (string)field.GetRawConstantValue()!);

        Assert.All(codes, code => Assert.True(catalogue.Contains($"`{code}`", StringComparison.Ordinal), $"docs/problems.md does not explain {code}"));
    }

    [Fact]
    public void A_folder_without_content_and_a_file_that_is_too_large_are_told_with_the_path()
    {
        var folder = Directory.CreateTempSubdirectory("content-");
        try
        {
            Assert.Contains(folder.FullName, ContentFolder.ReadFiles(folder.FullName).Error, StringComparison.Ordinal);

            var rules = folder.CreateSubdirectory("rules").FullName;
            File.WriteAllText(Path.Combine(rules, "large.json"), new string(' ', ContentFolder.MaxFileBytes + 1));
            Assert.Contains("large.json", ContentFolder.ReadFiles(folder.FullName).Error, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

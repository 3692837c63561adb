using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;

namespace WorkflowEngine.Host.Tests.Cases;

[Collection(PlatformCollection.Name)]
public sealed class SecondClickTests(Platform platform)
{
    [Fact]
    public async Task Filing_the_same_form_twice_opens_one_case()
    {
        var vendor = await platform.AsAsync("jia");
        var order = new NewCase(Platform.Flow, DemoPeople.Shenzhen, await Platform.ApplicationAsync(vendor));
        var key = Guid.NewGuid().ToString("N");

        using var first = await vendor.SendAsync("/api/cases", order, CancellationToken.None, key);
        using var second = await vendor.SendAsync("/api/cases", order, CancellationToken.None, key);

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.Equal((await first.Content.ReadFromJsonAsync<OpenedCase>())!.Number, (await second.Content.ReadFromJsonAsync<OpenedCase>())!.Number);
    }

    [Fact]
    public async Task A_key_that_named_another_form_is_refused()
    {
        var vendor = await platform.AsAsync("jia");
        var form = await Platform.ApplicationAsync(vendor);
        var key = Guid.NewGuid().ToString("N");
        using var first = await vendor.SendAsync("/api/cases", new NewCase(Platform.Flow, DemoPeople.Shenzhen, form), CancellationToken.None, key);
        var other = (JsonObject)form.DeepClone();
        other["productName"] = "另一产品";

        using var second = await vendor.SendAsync("/api/cases", new NewCase(Platform.Flow, DemoPeople.Shenzhen, other), CancellationToken.None, key);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, second.StatusCode);
    }

    [Fact]
    public async Task Approving_twice_with_one_key_is_done_once_and_told_so_both_times()
    {
        var (officer, review) = await ReviewAsync();
        var key = Guid.NewGuid().ToString("N");

        using var first = await Platform.CompleteAsync(officer, review, "Approved", key: key);
        using var second = await Platform.CompleteAsync(officer, review, "Approved", key: key);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Single((await Platform.CaseAsync(officer, review.Line.CaseNumber!)).Credentials);
    }

    [Fact]
    public async Task Who_comes_second_learns_who_was_first()
    {
        var (officer, review) = await ReviewAsync();
        var leader = await platform.AsAsync("sz-leader");
        using var first = await Platform.CompleteAsync(officer, review, "Approved");

        using var second = await Platform.CompleteAsync(leader, review, "Approved");

        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        Assert.Equal(officer.Name, (await PlatformClient.BodyAsync<TaskDoneBefore>(second, CancellationToken.None)).By);
    }

    [Fact]
    public async Task Of_many_clicks_at_once_one_wins_and_the_others_hear_of_it()
    {
        var (officer, review) = await ReviewAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Platform.CompleteAsync(officer, review, "Approved")));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(7, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
        foreach (var answer in answers) answer.Dispose();
    }

    [Fact]
    public async Task Cases_filed_at_once_have_different_numbers()
    {
        var vendor = await platform.AsAsync("jia");
        var form = await Platform.ApplicationAsync(vendor);

        var numbers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async version =>
        {
            var application = (JsonObject)form.DeepClone();
            application["productVersion"] = $"{form["productVersion"]}.{version}";
            return (await vendor.PostAsync<OpenedCase>("/api/cases", new NewCase(Platform.Flow, DemoPeople.Shenzhen, application), CancellationToken.None)).Number;
        }));

        Assert.Equal(8, numbers.Distinct().Count());
        Assert.All(numbers, number => Assert.Matches("^YJDJ-2022-440300-[0-9]{6}$", number));
    }

    private async Task<(PlatformClient Officer, Storage.Cases.TaskDetail Review)> ReviewAsync()
    {
        var number = await platform.SubmitAsync();
        var officer = await platform.AsAsync("sz-officer");
        return (officer, await Platform.OpenTaskAsync(officer, number, "review"));
    }
}

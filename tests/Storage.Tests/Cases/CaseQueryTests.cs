using System.Text.Json.Nodes;
using WorkflowEngine.Storage.Attachments;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Storage.Submissions;
using WorkflowEngine.Storage.Tests.Support;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Tests.Cases;

/// <summary>What the pages of each side show.</summary>
public sealed class CaseQueryTests : IAsyncLifetime
{
    private readonly Story _story = new();

    private CaseQueries Queries => new(_story.Database);

    public Task InitializeAsync() => _story.InitializeAsync();

    public Task DisposeAsync() => _story.DisposeAsync();

    [Fact]
    public async Task A_task_list_shows_the_own_open_tasks_by_due_date_and_a_superior_those_below()
    {
        var late = _story.NewCase(Story.Jia, Story.Shunde, Story.Task(Story.Shunde, due: new DateOnly(2022, 10, 20)));
        var soon = _story.NewCase(Story.Yi, Story.Shunde, Story.Task(Story.Shunde, due: new DateOnly(2022, 10, 9)));
        var elsewhere = _story.NewCase(Story.Jia, Story.Shenzhen, Story.Task(Story.Shenzhen));
        await _story.Commits.CommitAsync([late, soon, elsewhere], CancellationToken.None);

        var own = await Queries.TasksAsync(Story.Shunde.Tenant, new TaskFilter(), CancellationToken.None);
        Assert.Equal([soon.InstanceId, late.InstanceId], own.Items.Select(line => line.InstanceId));
        Assert.Equal(("乙智能", "顺德区住房城乡建设局", soon.Bursts[0].State.Case!.Number), (own.Items[0].ApplicantName, own.Items[0].OrganisationName, own.Items[0].CaseNumber));
        Assert.Empty((await Queries.TasksAsync(Story.Foshan.Tenant, new TaskFilter(), CancellationToken.None)).Items);
        Assert.Equal(2, (await Queries.TasksAsync(Story.Foshan.Tenant, new TaskFilter { WithSubordinates = true }, CancellationToken.None)).Total);
        Assert.Equal(3, (await Queries.TasksAsync(Story.Province.Tenant, new TaskFilter { WithSubordinates = true }, CancellationToken.None)).Total);
        Assert.Empty((await Queries.TasksAsync(Story.Shenzhen.Tenant, new TaskFilter { OrganisationId = Story.Shunde.Id }, CancellationToken.None)).Items);
        Assert.Equal(1, (await Queries.TasksAsync(Story.Shunde.Tenant, new TaskFilter { Search = "乙智" }, CancellationToken.None)).Total);
        Assert.Equal(0, (await Queries.TasksAsync(Story.Shunde.Tenant, new TaskFilter { Search = "%" }, CancellationToken.None)).Total);
        Assert.Equal(1, (await Queries.TasksAsync(Story.Shunde.Tenant, new TaskFilter { DueBy = new DateOnly(2022, 10, 9) }, CancellationToken.None)).Total);
        Assert.Equal(0, (await Queries.TasksAsync(Story.Shunde.Tenant, new TaskFilter { Role = "leader" }, CancellationToken.None)).Total);
    }

    [Fact]
    public async Task A_case_page_shows_the_whole_case_to_its_parties()
    {
        var submission = Guid.NewGuid();
        var first = _story.NewCase(Story.Task(Story.Shenzhen), Story.Notice(Story.Jia), id => new Effect.RaiseWarning(
            id, "review", WarningColour.Yellow, OrganisationLevel.City, Story.Shenzhen.Id, null, "审核超时", new DateOnly(2022, 10, 13)));
        first = first with
        {
            Letters = new Dictionary<EffectId, NoticeLetter> { [Story.Effect(first, 2)] = new("提交回执", "<p>已收到</p>", "已收到", []) },
            Submission = new NewSubmission(submission, "vendor-application", Story.Jia.Id, new JsonObject { ["product"] = "A" }, new JsonObject { ["phone"] = "13800138000" }),
        };
        await _story.CommitAsync<CommitResult.Committed>(first);
        var task = Story.Effect(first, 1).ToString();
        await _story.CommitAsync<CommitResult.Committed>(Story.Next(
            first, id => new Effect.CloseTask(id, task, "Returned", TaskEnd.Completed, Story.Officer, new JsonObject { ["defects"] = "缺报告" })));
        var number = first.Bursts[0].State.Case!.Number;

        var view = (await Queries.CaseAsync(Story.Shenzhen.Tenant, number, "u", CancellationToken.None))!;

        Assert.Equal(("甲科技", 2, 1), (view.Line.ApplicantName, view.Revision, view.Line.OpenWarnings));
        var closed = Assert.Single(view.Tasks);
        Assert.Equal(("Returned", "缺报告", "王审核", "r1"), (closed.Outcome, (string)closed.Values!["defects"]!, closed.ClosedBy, closed.ReleaseId));
        Assert.Equal([(1, 1), (1, 2), (2, 1), (2, 2)], view.Timeline.Select(entry => (entry.Revision, entry.Ordinal)));
        Assert.Equal("王审核", view.Timeline[1].ByName);
        Assert.Equal("审核超时", Assert.Single(view.Warnings).Title);
        Assert.Equal("提交回执", Assert.Single(view.Notices).Subject);
        Assert.Equal("A", (string)Assert.Single(view.Submissions).Values["product"]!);
        Assert.Empty((await Queries.CaseAsync(Story.Jia.Tenant, number, "u", CancellationToken.None))!.Warnings);
        Assert.Null(await Queries.CaseAsync(Story.Yi.Tenant, number, "u", CancellationToken.None));
        Assert.Null(await Queries.CaseAsync(Story.Foshan.Tenant, number, "u", CancellationToken.None));
        Assert.Equal(first.InstanceId, await _story.Instances.FindByCaseNumberAsync(Story.Jia.Tenant, number, CancellationToken.None));
        Assert.Null(await _story.Instances.FindByCaseNumberAsync(Story.Yi.Tenant, number, CancellationToken.None));
        var opened = await new SubmissionStore(_story.Database).FindAsync(Story.Shenzhen.Tenant, submission, CancellationToken.None);
        Assert.Equal("13800138000", (string)opened!.Personal["phone"]!);
        Assert.Null(await new SubmissionStore(_story.Database).FindAsync(Story.Yi.Tenant, submission, CancellationToken.None));
        Assert.Equal(1, (await Queries.WarningsAsync(Story.Province.Tenant, true, 0, 10, CancellationToken.None)).Total);
        Assert.Equal(1, (await Queries.CasesAsync(Story.Jia.Tenant, new CaseFilter { Open = true, Search = "甲科技" }, CancellationToken.None)).Total);
        Assert.Equal(0, (await Queries.CasesAsync(Story.Yi.Tenant, new CaseFilter(), CancellationToken.None)).Total);
    }

    [Fact]
    public async Task A_decided_case_has_its_outcome_and_the_time_it_was_decided()
    {
        var first = _story.NewCase();
        await _story.CommitAsync<CommitResult.Committed>(first);
        var last = Story.Last(first, "联调成功");
        await _story.CommitAsync<CommitResult.Committed>(last);

        var line = Assert.Single((await Queries.CasesAsync(Story.Jia.Tenant, new CaseFilter { Open = false }, CancellationToken.None)).Items);

        Assert.Equal(("联调成功", last.BusinessNow), (line.Outcome, line.ClosedAt));
    }

    [Fact]
    public async Task A_notice_is_unread_until_this_person_opened_it()
    {
        var unit = _story.NewCase(Story.Notice(Story.Jia));
        await _story.CommitAsync<CommitResult.Committed>(unit with
        {
            Letters = new Dictionary<EffectId, NoticeLetter> { [Story.Effect(unit, 1)] = new("提交回执", "<p>已收到</p>", "已收到", []) },
        });
        var id = Story.Effect(unit, 1).ToString();

        Assert.Null((await Queries.NoticeAsync(Story.Jia.Tenant, id, "a", CancellationToken.None))!.Line.ReadAt);
        Assert.Equal(Story.Noon, (await Queries.ReadNoticeAsync(Story.Jia.Tenant, id, "a", Story.Noon, CancellationToken.None))!.Line.ReadAt);
        Assert.Equal(Story.Noon, (await Queries.ReadNoticeAsync(Story.Jia.Tenant, id, "a", Story.Noon.AddDays(1), CancellationToken.None))!.Line.ReadAt);

        Assert.Equal(0, await Queries.UnreadAsync(Story.Jia.Tenant, "a", null, CancellationToken.None));
        Assert.Equal(1, await Queries.UnreadAsync(Story.Jia.Tenant, "b", "vendor-tech", CancellationToken.None));
        Assert.Single((await Queries.InboxAsync(Story.Jia.Tenant, "b", null, 0, 10, CancellationToken.None)).Items);
        Assert.Null(await Queries.ReadNoticeAsync(Story.Yi.Tenant, id, "c", Story.Noon, CancellationToken.None));
    }

    [Fact]
    public async Task An_attachment_is_its_organisations_until_it_belongs_to_a_case_and_is_then_the_partys_too()
    {
        var store = new AttachmentStore(_story.Database);
        var file = await store.StoreAsync(Story.Jia.Tenant, "检测报告.pdf", "application/pdf", "%PDF-1.7 正文"u8.ToArray(), Story.Vendor, Story.Noon, CancellationToken.None);

        Assert.Null(await store.OpenAsync(Story.Shenzhen.Tenant, file.Id, CancellationToken.None));
        var unit = _story.NewCase() with { Attachments = [file.Id] };
        await _story.CommitAsync<CommitResult.Committed>(unit);
        var thief = _story.NewCase(Story.Yi, Story.Foshan) with { Attachments = [file.Id] };
        await _story.CommitAsync<CommitResult.Committed>(thief);

        var opened = (await store.OpenAsync(Story.Shenzhen.Tenant, file.Id, CancellationToken.None))!.Value;
        Assert.Equal("%PDF-1.7 正文"u8.ToArray(), opened.Content);
        Assert.Equal((unit.InstanceId, "检测报告.pdf"), (opened.Attachment.InstanceId, opened.Attachment.Name));
        Assert.Empty(await store.DescribeAsync(Story.Foshan.Tenant, [file.Id], CancellationToken.None));
    }

    [Fact]
    public async Task Case_numbers_are_never_given_twice()
    {
        var numbers = new CaseNumbers(_story.Database);

        var given = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => numbers.NextAsync("440300-SMZ", 2022, CancellationToken.None)));

        Assert.Equal(Enumerable.Range(1, 200).Select(number => (long)number), given.Order());
        Assert.Equal(1, await numbers.NextAsync("440300-SMZ", 2023, CancellationToken.None));
        Assert.Equal(1, await numbers.NextAsync("440600-SMZ", 2022, CancellationToken.None));
    }
}

using WorkflowEngine.Storage.Audit;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Tests.Support;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Tests.Audit;

/// <summary>Whoever changes what was recorded, even as the database's superuser, is found, and the place is named.</summary>
public sealed class AuditTests : IAsyncLifetime
{
    private readonly Story _story = new();
    private CommitUnit _case = null!;

    private string Chain => $"case:{_case.InstanceId:N}";

    public async Task InitializeAsync()
    {
        await _story.InitializeAsync();
        _case = _story.NewCase(Story.Task(Story.Shenzhen));
        await _story.CommitAsync<CommitResult.Committed>(_case);
        var last = _case;
        for (var burst = 0; burst < 4; burst++)
        {
            last = Story.Next(last, id => new Effect.CloseCase(id, "联调成功"));
            await _story.CommitAsync<CommitResult.Committed>(last);
        }

        await _story.CommitAsync<CommitResult.Committed>(_story.NewCase());
    }

    public Task DisposeAsync() => _story.DisposeAsync();

    [Fact]
    public async Task An_untouched_trail_is_intact()
    {
        var report = await VerifyAsync();

        Assert.True(report.Intact, string.Join('\n', report.Findings));
        // Five bursts, one burst of another case, one published release.
        Assert.Equal((7, 3), (report.Records, report.Chains));
    }

    [Theory]
    [InlineData("update audit set content = replace(content, '联调成功', '联调延期') where chain = '{0}' and sequence = 3", 3, AuditDefect.Changed)]
    [InlineData("update audit set at = at + interval '1 microsecond' where chain = '{0}' and sequence = 3", 3, AuditDefect.Changed)]
    [InlineData("update audit set hash = decode(repeat('00', 32), 'hex') where chain = '{0}' and sequence = 3", 3, AuditDefect.Changed)]
    [InlineData("delete from audit where chain = '{0}' and sequence = 3", 3, AuditDefect.Removed)]
    [InlineData("delete from audit where chain = '{0}' and sequence = 5", 5, AuditDefect.Removed)]
    [InlineData("delete from audit where chain = '{0}' and sequence = 5; update audit_heads set sequence = 4, hash = (select hash from audit where chain = '{0}' and sequence = 4) where chain = '{0}'", 5, AuditDefect.Removed)]
    [InlineData("update audit set sequence = -2 where chain = '{0}' and sequence = 2; update audit set sequence = 2 where chain = '{0}' and sequence = 3; update audit set sequence = 3 where chain = '{0}' and sequence = -2", 2, AuditDefect.Reordered)]
    [InlineData("insert into audit select chain, 6, organisation_id, at, content, previous, hash from audit where chain = '{0}' and sequence = 5", 6, AuditDefect.Reordered)]
    [InlineData("update journal set by_name = '张三' where instance_id = '{1}' and revision = 2 and ordinal = 2", 2, AuditDefect.JournalChanged)]
    [InlineData("update journal set details = '{{}}' where instance_id = '{1}' and revision = 2 and ordinal = 2", 2, AuditDefect.JournalChanged)]
    [InlineData("delete from journal where instance_id = '{1}' and revision = 4 and ordinal = 1", 4, AuditDefect.JournalChanged)]
    [InlineData("insert into journal select instance_id, 9, ordinal, organisation_id, at, activity_id, activity_type, event from journal where instance_id = '{1}' and revision = 4 and ordinal = 1", 9, AuditDefect.JournalChanged)]
    [InlineData("update instances set state = replace(state, 'Suspended', 'Finished') where id = '{1}'", 5, AuditDefect.StateChanged)]
    [InlineData("delete from audit where chain = '{0}'; delete from audit_heads where chain = '{0}'", 1, AuditDefect.Removed)]
    public async Task A_tampered_trail_is_found_and_located(string sql, long sequence, AuditDefect defect)
    {
        await _story.TamperAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, Chain, _case.InstanceId));

        var report = await VerifyAsync();

        Assert.Contains(report.Findings, finding => finding.Chain == Chain && finding.Sequence == sequence && finding.Defect == defect);
        Assert.DoesNotContain(report.Findings, finding => finding.Chain != Chain);
    }

    [Fact]
    public async Task A_chain_never_forks_under_many_writers()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(index => new AuditChain(_story.Database).AppendAsync(
            "organisation:440300", "440300", "export", $$"""{"number":{{index}}}""", Story.Officer, Story.Noon, CancellationToken.None)));

        var report = await new AuditChain(_story.Database).VerifyAsync("organisation:440300", CancellationToken.None);

        Assert.True(report.Intact, string.Join('\n', report.Findings));
        Assert.Equal(16, report.Records);
    }

    private Task<AuditReport> VerifyAsync() => new AuditChain(_story.Database).VerifyAsync(null, CancellationToken.None);
}

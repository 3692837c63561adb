using System.Xml.Linq;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using WorkflowEngine.Storage.Content;
using WorkflowEngine.Storage.Identity;
using WorkflowEngine.Storage.Organisations;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Tests.Support;

namespace WorkflowEngine.Storage.Tests.Identity;

/// <summary>People, their organisations, and what belongs to the installation as a whole.</summary>
public sealed class IdentityTests(Story story) : IClassFixture<Story>
{
    [Fact]
    public async Task A_person_is_kept_by_the_identity_services_with_organisation_and_role()
    {
        await using var services = Services();
        await using (var scope = services.CreateAsyncScope())
        {
            var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
            var user = new User { UserName = "wang", OrganisationId = Story.Shenzhen.Id, Role = "officer", DisplayName = "王审核" };
            Assert.True((await users.CreateAsync(user, "A-long-passphrase-2022")).Succeeded);
            await users.AccessFailedAsync(user);
        }

        await using (var scope = services.CreateAsyncScope())
        {
            var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
            var user = (await users.FindByNameAsync("WANG"))!;
            Assert.Equal((Story.Shenzhen.Id, "officer", "王审核", 1), (user.OrganisationId, user.Role, user.DisplayName, user.AccessFailedCount));
            Assert.True(await users.CheckPasswordAsync(user, "A-long-passphrase-2022"));
        }
    }

    [Fact]
    public void Keys_of_cookies_are_shared_and_lie_sealed()
    {
        var keys = new SealedKeyRepository(story.Database);

        keys.StoreElement(new XElement("key", "gar-geheim"), "key-1");

        Assert.Equal("gar-geheim", Assert.Single(new SealedKeyRepository(story.Database).GetAllElements()).Value);
    }

    [Fact]
    public async Task The_directory_shows_authorities_to_all_and_enterprises_to_authorities_and_themselves()
    {
        var store = new OrganisationStore(story.Database);

        Assert.Equal([Story.Province, Story.Shenzhen, Story.Foshan, Story.Shunde, Story.Jia, Story.Yi], await store.ListAsync(Story.Shunde.Tenant, null, CancellationToken.None));
        Assert.Equal([Story.Jia], await store.ListAsync(Story.Jia.Tenant, "vendor", CancellationToken.None));
        Assert.Equal(4, (await store.ListAsync(Story.Jia.Tenant, "authority", CancellationToken.None)).Count);
    }

    [Fact]
    public async Task The_latest_release_is_current_and_earlier_ones_stay_readable()
    {
        var store = new ReleaseStore(story.Database, story.WakeUps);
        var files = new Dictionary<string, string> { ["workflows/flow.json"] = "{}", ["templates/回执.txt"] = "您好" };
        await store.PublishAsync(new Release("r2", Story.Province.Id, Story.Noon, "policy"), files, CancellationToken.None);
        await store.PublishAsync(new Release("r1", Story.Province.Id, Story.Noon, "policy"), new Dictionary<string, string> { ["workflows/flow.json"] = "{}" }, CancellationToken.None);

        Assert.Equal("r1", (await store.CurrentAsync(CancellationToken.None))!.Id);
        Assert.Equal(files, await store.FilesAsync("r2", CancellationToken.None));
        Assert.Null(await store.FilesAsync("r9", CancellationToken.None));
        Assert.Equal(["r1", "r2"], (await store.HistoryAsync(2, CancellationToken.None)).Select(release => release.Id));
    }

    [Fact]
    public async Task Time_moves_in_a_simulated_database_only_and_never_back()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => new SimulatedTime(story.Database).AdvanceAsync(Story.Noon, CancellationToken.None));
        await story.TamperAsync("update installation set simulated = true");
        var time = new SimulatedTime(story.Database);

        Assert.Null(await time.NowAsync(CancellationToken.None));
        Assert.Equal(Story.Noon, await time.AdvanceAsync(Story.Noon, CancellationToken.None));
        Assert.Equal(Story.Noon, await time.AdvanceAsync(Story.Noon.AddDays(-1), CancellationToken.None));
        Assert.Equal(Story.Noon, await time.NowAsync(CancellationToken.None));
    }

    private ServiceProvider Services()
    {
        var services = new ServiceCollection();
        services.AddLogging().AddSingleton(TimeProvider.System).AddStorage(story.Database);
        services.AddIdentityCore<User>().AddEntityFrameworkStores<IdentityContext>();
        return services.BuildServiceProvider();
    }
}
